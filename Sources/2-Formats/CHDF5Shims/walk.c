// Walks the groups of a file, in the order of their names.
#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_LIMIT 64
#define PATH_LIMIT 4096
// libhdf5 looks through all attributes of an object for each that is opened.
#define ATTRIBUTE_LIMIT 2000

// An open group and the groups around it: a group among its own ancestors is a cycle.
typedef struct level {
  const struct level *outer;
  haddr_t address;
  int depth;
} level;

// Names are gathered before any of them is opened: the library's iteration is then not nested.
typedef struct {
  char **names;
  size_t count, room;
  chdf5_writer *writer;
  const char *object;
} name_list;

static void add_name(name_list *list, const char *name) {
  chdf5_count(list->writer, list->object);
  if (list->count == list->room) {
    list->room = list->room ? 2 * list->room : 16;
    list->names = realloc(list->names, list->room * sizeof *list->names);
  }
  char *copy = list->names ? strdup(name) : NULL;
  if (!copy) chdf5_stop(list->writer, CHDF5_TOO_LARGE, list->object, "no memory for its names");
  list->names[list->count++] = copy;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *info, void *list) {
  (void)group, (void)info;
  add_name(list, name);
  return 0;
}

// Whether an attribute is asked for: by its name, or as a chunk of that name.
static int is_wanted_attribute(const chdf5_request *request, const char *name) {
  for (size_t i = 0; i < request->attribute_count; i++) {
    size_t length = strlen(request->attributes[i]);
    if (strncmp(name, request->attributes[i], length) == 0 && name[length + strspn(name + length, "0123456789")] == 0) return 1;
  }
  return !request->attributes;
}

static herr_t add_attribute(hid_t object, const char *name, const H5A_info_t *info, void *data) {
  (void)object, (void)info;
  name_list *list = data;
  if (!is_wanted_attribute(list->writer->request, name)) return 0;
  add_name(list, name);
  if (list->count > ATTRIBUTE_LIMIT) {
    chdf5_stop(list->writer, CHDF5_TOO_LARGE, list->object, "more than %d attributes", ATTRIBUTE_LIMIT);
  }
  return 0;
}

static void free_names(name_list *list) {
  for (size_t i = 0; i < list->count; i++) free(list->names[i]);
  free(list->names);
}

static void join(chdf5_writer *writer, char *path, const char *outer, const char *name) {
  int length = snprintf(path, PATH_LIMIT, "%s%s%s", outer, *outer ? "/" : "", name);
  if (length >= PATH_LIMIT) chdf5_stop(writer, CHDF5_TOO_LARGE, outer, "a path of more than %d bytes", PATH_LIMIT);
}

static void put_attributes(chdf5_writer *writer, hid_t object, const char *path) {
  if (writer->request->attributes && !writer->request->attribute_count) return;
  name_list list = {.writer = writer, .object = path};
  if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, add_attribute, &list) < 0) chdf5_stop_damaged(writer, path);
  for (size_t i = 0; i < list.count; i++) {
    char inner[PATH_LIMIT];
    join(writer, inner, path, list.names[i]);
    hid_t attribute = H5Aopen(object, list.names[i], H5P_DEFAULT);
    if (attribute < 0) chdf5_stop_damaged(writer, inner);
    chdf5_put_u8(writer, CHDF5_ATTRIBUTE, inner);
    chdf5_put_string(writer, list.names[i], strlen(list.names[i]), inner);
    chdf5_put_attribute_value(writer, attribute, inner);
    H5Aclose(attribute);
  }
  free_names(&list);
}

// The first of the requested paths that does not stand before `path`, of which `length` bytes count.
static size_t first_from(const chdf5_request *request, const char *path, size_t length) {
  size_t low = 0, high = request->only_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strncmp(request->only[middle], path, length) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Whether the object is asked for itself or with a group around it, or lies on the way to one that is.
static int is_wanted(const chdf5_request *request, const char *path, int *on_the_way) {
  *on_the_way = 0;
  if (request->only_count == 0) return 1;
  for (size_t end = 1;; end++) {
    if (path[end] && path[end] != '/') continue;
    size_t i = first_from(request, path, end);
    if (i < request->only_count && strncmp(request->only[i], path, end) == 0 && request->only[i][end] == 0) return 1;
    if (!path[end]) break;
  }
  char inside[PATH_LIMIT + 1];
  size_t length = (size_t)snprintf(inside, sizeof inside, "%s/", path);
  size_t i = first_from(request, inside, length);
  *on_the_way = i < request->only_count && strncmp(request->only[i], inside, length) == 0;
  return 0;
}

static void put_group(chdf5_writer *writer, hid_t group, const char *path, const level *outer);

static void put_object(chdf5_writer *writer, hid_t object, const char *name, const char *path, const level *outer,
                       int is_wanted) {
  H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_DATASET && is_wanted) {
    chdf5_put_u8(writer, CHDF5_DATASET, path);
    chdf5_put_string(writer, name, strlen(name), path);
    chdf5_put_dataset_value(writer, object, path);
    put_attributes(writer, object, path);
    chdf5_put_u8(writer, CHDF5_END, path);
  } else if (kind == H5I_GROUP) {
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) chdf5_stop_damaged(writer, path);
    for (const level *up = outer; up; up = up->outer) {
      if (up->address == info.addr) {
        chdf5_refuse(writer, path, "a group that contains itself");
        return;
      }
    }
    level here = {outer, info.addr, outer ? outer->depth + 1 : 0};
    if (here.depth > DEPTH_LIMIT) chdf5_stop(writer, CHDF5_TOO_LARGE, path, "groups nested deeper than %d", DEPTH_LIMIT);
    chdf5_put_u8(writer, CHDF5_GROUP, path);
    chdf5_put_string(writer, name, strlen(name), path);
    put_group(writer, object, path, &here);
    chdf5_put_u8(writer, CHDF5_END, path);
  }
  // A named datatype is no data.
}

static void put_group(chdf5_writer *writer, hid_t group, const char *path, const level *here) {
  put_attributes(writer, group, path);
  name_list list = {.writer = writer, .object = path};
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, add_link, &list) < 0) chdf5_stop_damaged(writer, path);
  for (size_t i = 0; i < list.count; i++) {
    char inner[PATH_LIMIT];
    join(writer, inner, path, list.names[i]);
    int on_the_way;
    int wanted = is_wanted(writer->request, inner, &on_the_way);
    if (!wanted && !on_the_way) continue;
    H5L_info_t link;
    if (H5Lget_info(group, list.names[i], &link, H5P_DEFAULT) < 0) chdf5_stop_damaged(writer, inner);
    if (link.type == H5L_TYPE_EXTERNAL) {
      chdf5_refuse(writer, inner, "an external link, to an object in another file");
      continue;
    }
    if (link.type != H5L_TYPE_HARD && link.type != H5L_TYPE_SOFT) {
      chdf5_refuse(writer, inner, "a user-defined link");
      continue;
    }
    hid_t object = H5Oopen(group, list.names[i], H5P_DEFAULT);
    if (object < 0 && link.type == H5L_TYPE_SOFT) {
      chdf5_refuse(writer, inner, "a soft link that leads nowhere in this file");
      continue;
    }
    if (object < 0) chdf5_stop_damaged(writer, inner);
    put_object(writer, object, list.names[i], inner, here, wanted);
    H5Oclose(object);
  }
  free_names(&list);
}

void chdf5_walk_file(chdf5_writer *writer, const void *image, uint64_t size, const char *name) {
  hid_t file = chdf5_open_image(image, size);
  if (file < 0) chdf5_stop_damaged(writer, name);
  hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
  if (root < 0) chdf5_stop_damaged(writer, name);
  put_object(writer, root, name, name, NULL, 1);
}

void chdf5_walk(const chdf5_request *request, const void *image, chdf5_arena *arena) {
  chdf5_writer writer = {.request = request, .arena = arena};
  H5dont_atexit();
  if (H5open() < 0) chdf5_stop(&writer, CHDF5_DAMAGED, "", "the HDF5 library does not start");
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5PLset_loading_state(0);
  H5Lunregister(H5L_TYPE_EXTERNAL);
  if (chdf5_raise_walls() != 0) chdf5_stop(&writer, CHDF5_NO_WALLS, "", "%s", "");
  if (request->member) {
    chdf5_walk_archive(&writer, image);
  } else {
    chdf5_walk_file(&writer, image, request->file_size, "");
  }
  chdf5_stop(&writer, CHDF5_READ, "", "%s", "");
}
