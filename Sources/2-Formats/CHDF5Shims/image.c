// libhdf5's core driver reads a file that lies in memory, and copies its bytes at every turn unless it is told how not to.
#include "child.h"

#include <sys/mman.h>

const void *chdf5_map_image(const chdf5_request *request) {
  void *bytes = mmap(NULL, request->file_size, PROT_READ, MAP_PRIVATE, request->file, 0);
  return bytes == MAP_FAILED ? NULL : bytes;
}

static void *same_bytes(size_t size, H5FD_file_image_op_t operation, void *bytes) {
  (void)size, (void)operation;
  return bytes;
}

static void *copied_already(void *to, const void *from, size_t size, H5FD_file_image_op_t operation, void *bytes) {
  (void)from, (void)size, (void)operation, (void)bytes;
  return to;
}

// A file that is only read keeps its size.
static void *no_other_size(void *old, size_t size, H5FD_file_image_op_t operation, void *bytes) {
  (void)old, (void)size, (void)operation, (void)bytes;
  return NULL;
}

static herr_t keep(void *memory, H5FD_file_image_op_t operation, void *bytes) {
  (void)memory, (void)operation, (void)bytes;
  return 0;
}

static void *same_data(void *bytes) { return bytes; }
static herr_t keep_data(void *bytes) { return bytes ? 0 : -1; }

hid_t chdf5_open_image(const void *bytes, uint64_t size) {
  void *image = (void *)(uintptr_t)bytes;
  H5FD_file_image_callbacks_t callbacks = {same_bytes, copied_already, no_other_size, keep, same_data, keep_data, image};
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0 || H5Pset_fapl_core(access, 1 << 16, 0) < 0 || H5Pset_file_image_callbacks(access, &callbacks) < 0 ||
      H5Pset_file_image(access, image, size) < 0) {
    return -1;
  }
  // Of a name that needs no look at the folder that the process is in.
  return H5Fopen("/image", H5F_ACC_RDONLY, access);
}
