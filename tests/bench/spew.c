// spew BYTES LINE [WORD]: prints BYTES in lines of LINE bytes, newline included, in writes of 64 KiB of whole lines where
// they are shorter than that. WORD stands in the first line of each write. Always takes as little memory.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { size = 65536 };

int main(int count, char** arguments) {
  if (count < 3) return 2;
  static char buffer[size];
  long left = atol(arguments[1]), line = atol(arguments[2]), column = 0;
  long length = line <= size ? size / line * line : size;
  unsigned state = 1;
  for (long i = 0; i < length; i++) {
    state = state * 1103515245 + 12345;
    buffer[i] = " abcdefghijklmnopqrstuvwxyzeta"[state / 65536 % 30];
  }
  if (count > 3) memcpy(buffer + 1, arguments[3], strlen(arguments[3]));
  while (left > 0) {
    long part = left < length ? left : length;
    if (line <= size) {
      for (long i = line - 1; i < part; i += line) buffer[i] = '\n';
    } else if ((column += part) >= line) {
      buffer[part - 1] = '\n';
    }
    for (long begin = 0; begin < part;) {
      ssize_t written = write(1, buffer + begin, part - begin);
      if (written <= 0) return 1;
      begin += written;
    }
    left -= part;
  }
  return 0;
}
