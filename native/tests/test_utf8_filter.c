/* Whole characters come out of bytes, wherever these are cut; everything else is left out. */
#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "tokenizer/utf8_filter.h"

/* Does the filter turn `bytes` into `text`? */
static bool gives(const char *bytes, const char *text)
{
    Utf8Filter filter = {0};
    uint8_t out[256];
    size_t size = 0;
    for (const char *at = bytes; *at; at++)
        size += utf8_filter_take(&filter, (uint8_t)*at, out + size);
    return size == strlen(text) && memcmp(out, text, size) == 0;
}

/* A code point in its shortest form, with a NUL behind it. */
static void put_code_point(uint32_t code, char bytes[5])
{
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    bytes[size] = 0;
    for (size_t i = size; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(lead[size] | code);
}

/* Text comes out; surrogates, what lies beyond Unicode and control characters do not. */
static void test_all_code_points(void)
{
    int wrong = 0;
    for (uint32_t code = 1; code < 0x120000; code++) {
        char bytes[5];
        put_code_point(code, bytes);
        bool control = code < 0x20 ? code < '\t' || code > '\r' : code >= 0x7F && code < 0xA0;
        bool text = !control && (code < 0xD800 || code > 0xDFFF) && code <= 0x10FFFF;
        wrong += !gives(bytes, text ? bytes : "");
    }
    CHECK(wrong == 0);
}

int main(void)
{
    test_all_code_points();
    CHECK(gives("Zo\xc3\xab \xe2\x80\x9chi\xe2\x80\x9d \xf0\x9f\x90\x89",
                "Zo\xc3\xab \xe2\x80\x9chi\xe2\x80\x9d \xf0\x9f\x90\x89"));
    CHECK(gives("\xff\xfe\x80\xc3", ""));
    CHECK(gives("a\xc3" "b\xe2\x80" "c\xf0\x9f\x90" "d", "abcd"));      /* cut characters */
    CHECK(gives("\xe2\xc3\xa9", "\xc3\xa9"));                           /* cut by another one */
    CHECK(gives("\xc0\x80\xe0\x80\xaf\xf0\x80\x80\xaf.", "."));         /* not the shortest form */
    CHECK(gives("\xc3\xa9\x80\x80!", "\xc3\xa9!"));
    CHECK(gives("\xf5\x80\x80\x80\xf8\x88\x80\x80\x80?", "?"));
    return check_report();
}
