#pragma once
#include "api.h"
#include "writer.h"

// Puts the value of an open attribute. `object` names it in messages.
void chdf5_put_attribute_value(chdf5_writer *writer, hid_t attribute, const char *object);
// Puts the value of an open dataset: its type and shape alone with `structure_only`.
void chdf5_put_dataset_value(chdf5_writer *writer, hid_t dataset, const char *object);
