// An HDF5 file in the memory of libhdf5's core driver. What goes in is the caller's own, so that no child process is needed.
#include "CHDF5Output.h"

#include "api.h"
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pthread_mutex_t chdf5_library = PTHREAD_MUTEX_INITIALIZER;

struct chdf5_output {
  hid_t file;
  hid_t text;   // the type of texts: UTF-8 of any length
  hid_t links;  // makes the groups on the way to what is put
  int failed;
  char message[256];
};

static herr_t innermost(unsigned n, const H5E_error2_t *error, void *text) {
  if (n == 0 && error->desc) snprintf(text, 256, "%s", error->desc);
  return 0;
}

// Whether it went well; keeps the library's word on the first problem.
static int check(chdf5_output *output, int64_t result) {
  if (result < 0 && !output->failed) {
    output->failed = 1;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, output->message);
  }
  return result >= 0;
}

chdf5_output *chdf5_output_open(void) {
  chdf5_output *output = calloc(1, sizeof *output);
  if (!output) return NULL;
  pthread_mutex_lock(&chdf5_library);
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  output->text = H5Tcopy(H5T_C_S1);
  output->links = H5Pcreate(H5P_LINK_CREATE);
  output->file = -1;
  if (check(output, access) && check(output, H5Pset_fapl_core(access, 1 << 20, 0)) && check(output, output->text) &&
      check(output, H5Tset_size(output->text, H5T_VARIABLE)) && check(output, H5Tset_cset(output->text, H5T_CSET_UTF8)) &&
      check(output, output->links) && check(output, H5Pset_create_intermediate_group(output->links, 1))) {
    // Of a name that needs no look at the folder that the process is in.
    output->file = H5Fcreate("/output", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    check(output, output->file);
  }
  if (access >= 0) H5Pclose(access);
  return output;
}

static hid_t group(chdf5_output *output, const char *path) {
  if (!*path) return H5Gopen2(output->file, "/", H5P_DEFAULT);
  int is_there = 1;
  char prefix[4096];
  // Every group on the way is asked for: H5Lexists wants those in front of the last one to be there.
  for (const char *end = strchr(path, '/'); is_there && end; end = strchr(end + 1, '/')) {
    snprintf(prefix, sizeof prefix, "%.*s", (int)(end - path), path);
    is_there = H5Lexists(output->file, prefix, H5P_DEFAULT) > 0;
  }
  if (is_there && H5Lexists(output->file, path, H5P_DEFAULT) > 0) return H5Gopen2(output->file, path, H5P_DEFAULT);
  return H5Gcreate2(output->file, path, output->links, H5P_DEFAULT, H5P_DEFAULT);
}

static void put_texts(chdf5_output *output, const char *path, const char *name, const char *const *texts, hid_t space) {
  if (output->failed || !check(output, space)) return;
  hid_t place = group(output, path);
  if (check(output, place)) {
    hid_t attribute = H5Acreate2(place, name, output->text, space, H5P_DEFAULT, H5P_DEFAULT);
    if (check(output, attribute)) {
      if (texts) check(output, H5Awrite(attribute, output->text, texts));
      check(output, H5Aclose(attribute));
    }
    check(output, H5Gclose(place));
  }
  H5Sclose(space);
}

void chdf5_output_text(chdf5_output *output, const char *path, const char *name, const char *text) {
  put_texts(output, path, name, &text, output->failed ? -1 : H5Screate(H5S_SCALAR));
}

void chdf5_output_texts(chdf5_output *output, const char *path, const char *name, const char *const *texts,
                        size_t count) {
  hsize_t extent = count;
  hid_t space = output->failed ? -1 : H5Screate_simple(1, &extent, NULL);
  put_texts(output, path, name, count ? texts : NULL, space);
}

void chdf5_output_floats(chdf5_output *output, const char *path, const float *numbers, const uint64_t *shape,
                         size_t rank) {
  if (output->failed) return;
  hsize_t extents[H5S_MAX_RANK] = {0};
  for (size_t i = 0; i < rank && i < H5S_MAX_RANK; i++) extents[i] = shape[i];
  hid_t space = H5Screate_simple((int)rank, extents, NULL);
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  // No times: the same input is the same bytes.
  if (check(output, space) && check(output, creation) && check(output, H5Pset_obj_track_times(creation, 0))) {
    hid_t dataset = H5Dcreate2(output->file, path, H5T_IEEE_F32LE, space, output->links, creation, H5P_DEFAULT);
    if (check(output, dataset)) {
      check(output, H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers));
      check(output, H5Dclose(dataset));
    }
  }
  if (creation >= 0) H5Pclose(creation);
  if (space >= 0) H5Sclose(space);
}

static uint8_t *image(chdf5_output *output, size_t *count) {
  if (output->failed || !check(output, H5Fflush(output->file, H5F_SCOPE_GLOBAL))) return NULL;
  ssize_t size = H5Fget_file_image(output->file, NULL, 0);
  if (!check(output, size)) return NULL;
  uint8_t *bytes = malloc((size_t)size);
  if (!bytes) {
    snprintf(output->message, sizeof output->message, "no memory for %zd bytes", size);
    return NULL;
  }
  if (!check(output, H5Fget_file_image(output->file, bytes, (size_t)size))) {
    free(bytes);
    return NULL;
  }
  *count = (size_t)size;
  return bytes;
}

uint8_t *chdf5_output_close(chdf5_output *output, size_t *count, char message[256]) {
  uint8_t *bytes = image(output, count);
  if (!bytes) snprintf(message, 256, "%s", output->message);
  if (output->text >= 0) H5Tclose(output->text);
  if (output->links >= 0) H5Pclose(output->links);
  if (output->file >= 0) H5Fclose(output->file);
  pthread_mutex_unlock(&chdf5_library);
  free(output);
  return bytes;
}
