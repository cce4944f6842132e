/*
 * A libpcaudio that plays nothing.
 *
 * libespeak-ng is linked with libpcaudio for a playback of its own, which storybot never uses: it
 * takes the samples. The real one brings 25 libraries with it (PulseAudio, X11, codecs). The
 * dynamic linker takes a library that is loaded already for any other of the same SONAME, so
 * storybot loads this one first. These are all functions of pcaudiolib/audio.h.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

struct audio_object;

struct audio_object *create_audio_device_object(const char *device, const char *application,
                                                const char *description);
int audio_object_open(struct audio_object *object, int format, uint32_t rate, uint8_t channels);
void audio_object_close(struct audio_object *object);
void audio_object_destroy(struct audio_object *object);
int audio_object_write(struct audio_object *object, const void *data, size_t bytes);
int audio_object_drain(struct audio_object *object);
int audio_object_flush(struct audio_object *object);
const char *audio_object_strerror(struct audio_object *object, int error);

/* As on a machine without a sound card. */
struct audio_object *create_audio_device_object(const char *device, const char *application,
                                                const char *description)
{
    (void)device, (void)application, (void)description;
    return NULL;
}

int audio_object_open(struct audio_object *object, int format, uint32_t rate, uint8_t channels)
{
    (void)object, (void)format, (void)rate, (void)channels;
    return -ENODEV;
}

void audio_object_close(struct audio_object *object)
{
    (void)object;
}

void audio_object_destroy(struct audio_object *object)
{
    (void)object;
}

int audio_object_write(struct audio_object *object, const void *data, size_t bytes)
{
    (void)object, (void)data, (void)bytes;
    return -ENODEV;
}

int audio_object_drain(struct audio_object *object)
{
    (void)object;
    return -ENODEV;
}

int audio_object_flush(struct audio_object *object)
{
    (void)object;
    return -ENODEV;
}

const char *audio_object_strerror(struct audio_object *object, int error)
{
    (void)object, (void)error;
    return "this library plays nothing";
}
