// Types, shapes and elements. Sizes are checked before memory is taken.
#include "child.h"

#include <stdlib.h>
#include <string.h>

// Deflate makes at most 1 byte of 1032; a chunk that the file does not hold reads as its fill value.
#define LARGEST_RATIO 1100
#define ALWAYS_PLAUSIBLE (16u << 20)

typedef struct {
  hid_t object;
  hid_t type;
  int is_attribute;
  const char *name;
  uint64_t elements;
  uint64_t element_size;  // in the file
} source;

static void read_elements(chdf5_writer *writer, const source *from, hid_t memory_type, void *into) {
  herr_t status = from->is_attribute ? H5Aread(from->object, memory_type, into)
                                     : H5Dread(from->object, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
  if (status < 0) chdf5_stop_damaged(writer, from->name);
}

static void put_unreadable(chdf5_writer *writer, const source *from, const char *why) {
  chdf5_put_u8(writer, CHDF5_AS_UNREADABLE, from->name);
  chdf5_put_u64(writer, from->elements, from->name);
  chdf5_put_string(writer, why, strlen(why), from->name);
}

static void put_numbers(chdf5_writer *writer, const source *from, chdf5_storage storage) {
  hid_t types[] = {[CHDF5_AS_FLOAT] = H5T_NATIVE_FLOAT,
                   [CHDF5_AS_DOUBLE] = H5T_NATIVE_DOUBLE,
                   [CHDF5_AS_INT64] = H5T_NATIVE_INT64,
                   [CHDF5_AS_UINT64] = H5T_NATIVE_UINT64};
  uint64_t size = storage == CHDF5_AS_FLOAT ? 4 : 8;
  chdf5_put_u8(writer, storage, from->name);
  chdf5_put_u64(writer, from->elements, from->name);
  read_elements(writer, from, types[storage], chdf5_reserve(writer, from->elements * size, from->name));
}

static void put_fixed_strings(chdf5_writer *writer, const source *from) {
  H5T_str_t padding = H5Tget_strpad(from->type);
  char *text = malloc(from->elements * from->element_size);
  if (!text) chdf5_stop(writer, CHDF5_TOO_LARGE, from->name, "no memory for its strings");
  read_elements(writer, from, from->type, text);
  for (uint64_t i = 0; i < from->elements; i++) {
    const char *one = text + i * from->element_size;
    uint64_t length = from->element_size;
    if (padding == H5T_STR_NULLTERM) {
      length = strnlen(one, length);
    } else {
      char pad = padding == H5T_STR_SPACEPAD ? ' ' : 0;
      while (length && one[length - 1] == pad) length--;
    }
    chdf5_put_string(writer, one, length, from->name);
  }
  free(text);
}

static void put_variable_strings(chdf5_writer *writer, const source *from) {
  char **texts = calloc(from->elements, sizeof *texts);
  if (!texts) chdf5_stop(writer, CHDF5_TOO_LARGE, from->name, "no memory for its strings");
  read_elements(writer, from, from->type, texts);
  for (uint64_t i = 0; i < from->elements; i++) {
    uint64_t length = texts[i] ? strlen(texts[i]) : 0;
    if (from->is_attribute && length > writer->request->attribute_limit) {
      chdf5_stop(writer, CHDF5_TOO_LARGE, from->name, "a text of %llu bytes; the limit is %llu MiB",
                 (unsigned long long)length, (unsigned long long)(writer->request->attribute_limit >> 20));
    }
    chdf5_put_string(writer, texts[i], length, from->name);
    free(texts[i]);
  }
  free(texts);
}

// What of a class can be read, and as what. An enum is one of integers (h5py's booleans: FALSE = 0, TRUE = 1).
static void put_elements(chdf5_writer *writer, const source *from, H5T_class_t class, int is_unsigned) {
  if (from->elements == 0) {
    chdf5_put_u8(writer, CHDF5_AS_NOTHING, from->name);
    chdf5_put_u64(writer, 0, from->name);
    return;
  }
  switch (class) {
  case H5T_INTEGER:
  case H5T_ENUM:
    if (from->element_size > 8) put_unreadable(writer, from, "integers of more than 64 bits");
    else put_numbers(writer, from, is_unsigned && from->element_size == 8 ? CHDF5_AS_UINT64 : CHDF5_AS_INT64);
    return;
  case H5T_FLOAT:
    put_numbers(writer, from, from->element_size <= 4 ? CHDF5_AS_FLOAT : CHDF5_AS_DOUBLE);
    return;
  case H5T_STRING:
    chdf5_put_u8(writer, CHDF5_AS_STRINGS, from->name);
    chdf5_put_u64(writer, from->elements, from->name);
    if (H5Tis_variable_str(from->type) > 0) put_variable_strings(writer, from);
    else put_fixed_strings(writer, from);
    return;
  case H5T_COMPOUND: put_unreadable(writer, from, "compound elements (records, or complex numbers)"); return;
  case H5T_BITFIELD: put_unreadable(writer, from, "bit fields"); return;
  case H5T_OPAQUE: put_unreadable(writer, from, "opaque bytes"); return;
  case H5T_REFERENCE: put_unreadable(writer, from, "references to other objects"); return;
  case H5T_VLEN: put_unreadable(writer, from, "elements of varying length"); return;
  case H5T_ARRAY: put_unreadable(writer, from, "elements that are arrays themselves"); return;
  default: put_unreadable(writer, from, "elements of an unknown type"); return;
  }
}

static chdf5_class class_in_snapshot(H5T_class_t class, int is_unsigned) {
  switch (class) {
  case H5T_INTEGER: return is_unsigned ? CHDF5_UNSIGNED : CHDF5_INTEGER;
  case H5T_FLOAT: return CHDF5_FLOAT;
  case H5T_STRING: return CHDF5_STRING;
  case H5T_ENUM: return CHDF5_ENUM;
  default: return CHDF5_OTHER;
  }
}

static int sign_of(hid_t type, H5T_class_t class) {
  if (class == H5T_INTEGER) return H5Tget_sign(type);
  if (class != H5T_ENUM) return H5T_SGN_2;
  hid_t base = H5Tget_super(type);
  int sign = base < 0 ? H5T_SGN_ERROR : H5Tget_sign(base);
  if (base >= 0) H5Tclose(base);
  return sign;
}

// How a dataset is stored: NULL where its elements may be read, otherwise why not. Elements outside of the file are
// `refused`.
static const char *obstacle(chdf5_writer *writer, hid_t dataset, const char *name, uint64_t bytes, int *refused) {
  hid_t creation = H5Dget_create_plist(dataset);
  if (creation < 0) chdf5_stop_damaged(writer, name);
  const char *why = NULL;
  H5D_layout_t layout = H5Pget_layout(creation);
  int external = H5Pget_external_count(creation);
  int filters = H5Pget_nfilters(creation);
  if (layout < 0 || external < 0 || filters < 0) chdf5_stop_damaged(writer, name);
  if (layout == H5D_VIRTUAL) {
    why = "a virtual dataset, whose data is in other datasets";
  } else if (external > 0) {
    why = "a dataset whose data is in another file (external storage)";
  }
  *refused = why != NULL;
  for (int i = 0; i < filters && !why; i++) {
    unsigned flags = 0, configuration = 0;
    size_t values = 0;
    H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &configuration);
    if (filter < 0) chdf5_stop_damaged(writer, name);
    if (H5Zfilter_avail(filter) <= 0) why = "data compressed by a filter other than gzip, shuffle, szip and Fletcher";
  }
  uint64_t stored = H5Dget_storage_size(dataset);
  int is_plausible = bytes <= ALWAYS_PLAUSIBLE || (stored < UINT64_MAX / LARGEST_RATIO && bytes <= stored * LARGEST_RATIO);
  if (!why && !is_plausible) {
    chdf5_stop(writer, CHDF5_TOO_LARGE, name, "its shape asks for %llu bytes, and the file holds %llu for it",
               (unsigned long long)bytes, (unsigned long long)stored);
  }
  H5Pclose(creation);
  return why;
}

static void put_value(chdf5_writer *writer, hid_t object, const char *name, int is_attribute) {
  hid_t type = is_attribute ? H5Aget_type(object) : H5Dget_type(object);
  hid_t space = is_attribute ? H5Aget_space(object) : H5Dget_space(object);
  if (type < 0 || space < 0) chdf5_stop_damaged(writer, name);
  H5T_class_t class = H5Tget_class(type);
  int sign = sign_of(type, class);
  uint64_t size = H5Tget_size(type);
  hsize_t dimensions[H5S_MAX_RANK] = {0};
  int rank = H5Sget_simple_extent_dims(space, dimensions, NULL);
  // Without a shape there are no elements: a list of none.
  if (H5Sget_simple_extent_type(space) == H5S_NULL) rank = 1;
  if (class < 0 || sign < 0 || size == 0 || rank < 0 || rank > H5S_MAX_RANK) chdf5_stop_damaged(writer, name);
  int is_unsigned = sign == H5T_SGN_NONE;

  chdf5_put_u8(writer, class_in_snapshot(class, is_unsigned), name);
  uint32_t short_size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
  chdf5_put(writer, &short_size, sizeof short_size, name);
  chdf5_put_u8(writer, (uint8_t)rank, name);
  uint64_t elements = 1;
  int overflow = 0;
  for (int i = 0; i < rank; i++) {
    chdf5_put_u64(writer, dimensions[i], name);
    overflow |= __builtin_mul_overflow(elements, dimensions[i], &elements);
  }
  uint64_t bytes = 0;
  // 16: a number of 8 bytes, or a string's length and pointer.
  overflow |= __builtin_mul_overflow(elements, size > 16 ? size : 16, &bytes);
  if (overflow) chdf5_stop(writer, CHDF5_TOO_LARGE, name, "a shape of more elements than can be counted");
  bytes = elements * size;
  uint64_t limit = is_attribute ? writer->request->attribute_limit : writer->request->snapshot_limit;
  source from = {object, type, is_attribute, name, elements, size};
  int refused = 0;
  const char *why = is_attribute ? NULL : obstacle(writer, object, name, bytes, &refused);
  if (why) {
    put_unreadable(writer, &from, why);
  } else if (!is_attribute && writer->request->structure_only) {
    chdf5_put_u8(writer, CHDF5_AS_NOTHING, name);
    chdf5_put_u64(writer, elements, name);
  } else if (bytes > limit) {
    chdf5_stop(writer, CHDF5_TOO_LARGE, name, "%llu bytes; the limit is %llu MiB", (unsigned long long)bytes,
               (unsigned long long)(limit >> 20));
  } else {
    put_elements(writer, &from, class, is_unsigned);
  }
  if (refused) chdf5_refuse(writer, name, why);
  H5Sclose(space);
  H5Tclose(type);
}

void chdf5_put_attribute_value(chdf5_writer *writer, hid_t attribute, const char *object) {
  put_value(writer, attribute, object, 1);
}

void chdf5_put_dataset_value(chdf5_writer *writer, hid_t dataset, const char *object) {
  put_value(writer, dataset, object, 0);
}
