// A zip archive in memory, as minizip reads it: members are found by their whole names and unpacked into memory, no name becomes
// a path, and what nobody asks for is not looked at.
#include "child.h"

#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

#define MEMBER_LIMIT 10000
// Deflate makes at most 1,032 bytes of one.
#define LARGEST_RATIO 1032

typedef struct {
  const uint8_t *bytes;
  uint64_t size, position;
} memory;

static voidpf open_memory(voidpf file, const void *name, int mode) {
  (void)name, (void)mode;
  return file;
}

static uLong read_memory(voidpf file, voidpf stream, void *into, uLong count) {
  (void)file;
  memory *from = stream;
  uint64_t rest = from->size - from->position;
  uLong taken = count < rest ? count : (uLong)rest;
  memcpy(into, from->bytes + from->position, taken);
  from->position += taken;
  return taken;
}

static uLong write_nothing(voidpf file, voidpf stream, const void *bytes, uLong count) {
  (void)file, (void)stream, (void)bytes, (void)count;
  return 0;
}

static ZPOS64_T tell_memory(voidpf file, voidpf stream) {
  (void)file;
  return ((memory *)stream)->position;
}

static long seek_memory(voidpf file, voidpf stream, ZPOS64_T offset, int origin) {
  (void)file;
  memory *from = stream;
  uint64_t to = origin == ZLIB_FILEFUNC_SEEK_CUR ? from->position : origin == ZLIB_FILEFUNC_SEEK_END ? from->size : 0;
  if (__builtin_add_overflow(to, (uint64_t)offset, &to) || to > from->size) return -1;
  from->position = to;
  return 0;
}

static int no_error(voidpf file, voidpf stream) {
  (void)file, (void)stream;
  return 0;
}

// A member of that name; `size` bytes once it is unpacked.
typedef struct {
  unz64_file_pos place;
  uint64_t size;
} member;

// Why a member is not unpacked; NULL where it is.
static const char *obstacle(const unz_file_info64 *info) {
  if (info->flag & 1) return "an encrypted member of an archive (supported: plain ones; save the model again)";
  if (info->compression_method != 0 && info->compression_method != Z_DEFLATED) {
    return "a member of an archive that is compressed in another way (supported: deflate, as Keras does it; save the model again)";
  }
  return NULL;
}

// Whether there is one member of that name that may be unpacked. One that may not be is noted, several end the child.
static int find(chdf5_writer *writer, unzFile archive, const char *name, member *found) {
  int matches = 0;
  uint64_t passed = 0;
  unz_file_info64 chosen = {0};
  for (int status = unzGoToFirstFile(archive); status != UNZ_END_OF_LIST_OF_FILE; status = unzGoToNextFile(archive)) {
    char own[64];
    unz_file_info64 info;
    if (status != UNZ_OK || unzGetCurrentFileInfo64(archive, &info, own, sizeof own, NULL, 0, NULL, 0) != UNZ_OK) {
      chdf5_stop(writer, CHDF5_DAMAGED, "", "the archive's list of members is broken");
    }
    if (++passed > MEMBER_LIMIT) chdf5_stop(writer, CHDF5_TOO_LARGE, "", "more than %d members", MEMBER_LIMIT);
    size_t length = strlen(name);
    if (info.size_filename != length || length > sizeof own || memcmp(own, name, length) != 0) continue;
    if (++matches > 1) chdf5_stop(writer, CHDF5_DAMAGED, name, "the archive has several members of that name");
    chosen = info;
    unzGetFilePos64(archive, &found->place);
  }
  if (!matches) return 0;
  const char *why = obstacle(&chosen);
  if (why) {
    chdf5_refuse(writer, name, why);
    return 0;
  }
  found->size = chosen.uncompressed_size;
  uint64_t most;
  if (__builtin_mul_overflow((uint64_t)chosen.compressed_size, LARGEST_RATIO, &most) || found->size > most) {
    chdf5_stop(writer, CHDF5_DAMAGED, name, "a size that its compressed bytes cannot have");
  }
  return 1;
}

// The member's bytes, to be given to free(). Its size is checked before memory is taken.
static char *unpack(chdf5_writer *writer, unzFile archive, const char *name, member *found, uint64_t limit) {
  if (found->size > limit) {
    chdf5_stop(writer, CHDF5_TOO_LARGE, name, "%llu bytes; the limit is %llu MiB", (unsigned long long)found->size,
               (unsigned long long)(limit >> 20));
  }
  char *bytes = malloc(found->size + 1);
  if (!bytes) chdf5_stop(writer, CHDF5_TOO_LARGE, name, "no memory for its %llu bytes", (unsigned long long)found->size);
  int status = unzGoToFilePos64(archive, &found->place);
  if (status == UNZ_OK) status = unzOpenCurrentFile(archive);
  uint64_t unpacked = 0;
  while (status == UNZ_OK && unpacked < found->size) {
    uint64_t rest = found->size - unpacked;
    int count = unzReadCurrentFile(archive, bytes + unpacked, rest < 1 << 20 ? (unsigned)rest : 1 << 20);
    atomic_fetch_add_explicit(&writer->arena->progress, 1, memory_order_relaxed);
    if (count <= 0) break;
    unpacked += (uint64_t)count;
  }
  // Compares the checksum.
  if (status == UNZ_OK) status = unzCloseCurrentFile(archive);
  if (status != UNZ_OK || unpacked != found->size) {
    chdf5_stop(writer, CHDF5_DAMAGED, name, status == UNZ_CRCERROR ? "its checksum is another one" : "it cannot be unpacked");
  }
  return bytes;
}

// A text as an attribute of the root.
static void put_text(chdf5_writer *writer, const char *name, const char *text, uint64_t length) {
  uint32_t size = sizeof(char *);
  chdf5_put_u8(writer, CHDF5_ATTRIBUTE, name);
  chdf5_put_string(writer, name, strlen(name), name);
  chdf5_put_u8(writer, CHDF5_STRING, name);
  chdf5_put(writer, &size, sizeof size, name);
  chdf5_put_u8(writer, 0, name);
  chdf5_put_u8(writer, CHDF5_AS_STRINGS, name);
  chdf5_put_u64(writer, 1, name);
  chdf5_put_string(writer, text, length, name);
}

void chdf5_walk_archive(chdf5_writer *writer, const void *image) {
  const chdf5_request *request = writer->request;
  memory bytes = {image, request->file_size, 0};
  zlib_filefunc64_def functions = {open_memory, read_memory, write_nothing, tell_memory, seek_memory, no_error, no_error, &bytes};
  unzFile archive = unzOpen2_64("/archive", &functions);
  if (!archive) chdf5_stop(writer, CHDF5_DAMAGED, "", "the archive has no list of its members");
  chdf5_put_u8(writer, CHDF5_GROUP, "");
  chdf5_put_string(writer, "", 0, "");
  for (size_t i = 0; i < request->text_count; i++) {
    member found;
    if (!find(writer, archive, request->texts[i], &found)) continue;
    char *text = unpack(writer, archive, request->texts[i], &found, request->attribute_limit);
    put_text(writer, request->texts[i], text, found.size);
    free(text);
  }
  member file;
  if (find(writer, archive, request->member, &file)) {
    chdf5_walk_file(writer, unpack(writer, archive, request->member, &file, request->snapshot_limit), file.size, request->member);
  }
  chdf5_put_u8(writer, CHDF5_END, "");
  // The library has the bytes until the child ends.
}
