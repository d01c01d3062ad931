#include "unpack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "msg.h"
#include "spool.h"

struct input *
unpack_input(struct input *input, char **damage)
{
    struct spool *spool = spool_open();
    uint64_t start = input_tell(input), sound;
    const char *name = input->name;
    int fd;

    do {
        spool_write(spool, slice_make(input->data + input->start, input->end - input->start));
        input->start = input->end;
    } while (input_fill(input));
    *damage = input->damage;
    sound = input_sound(input);
    fd = spool_detach(spool);
    if (*damage != NULL && ftruncate(fd, (off_t)(sound > start ? sound - start : 0)) != 0)
        msg_fatal(STATUS_FAILED, "cannot cut a temporary file: %s", strerror(errno));
    input_close(input);
    return input_open_descriptor(fd, name);
}
