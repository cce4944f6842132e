/* Where drafts end: pieces in, the text that was kept out. */
#include <string.h>

#include "check.h"
#include "draft/ending.h"

static Bytes bytes_of(const char *text)
{
    return (Bytes){ (const uint8_t *)text, strlen(text) };
}

/* Takes pieces between bars until one ends the draft; fills the kept text. */
static Ending read(Goal goal, const char *begin, const char *pieces, char *text, bool *newline)
{
    EndingReader reader;
    ending_start(&reader, goal, bytes_of(begin));
    *text = 0;
    *newline = false;
    for (const char *at = pieces; *at;) {
        size_t size = strcspn(at, "|");
        EndingStep step = ending_take(&reader, (Bytes){ (const uint8_t *)at, size });
        strncat(text, at, step.kept);
        *newline = step.newline;
        if (step.ending != ENDING_NONE)
            return step.ending;
        at += size + (at[size] == '|');
    }
    return ENDING_NONE;
}

static void check(Goal goal, const char *begin, const char *pieces, Ending ending,
                  const char *expected, bool newline)
{
    char text[256];
    bool followed;
    Ending got = read(goal, begin, pieces, text, &followed);
    CHECK(got == ending && strcmp(text, expected) == 0 && followed == newline);
    if (got != ending || strcmp(text, expected) != 0 || followed != newline)
        printf("%s: \"%s\", ended %d, newline %d\n", pieces, text, got, followed);
}

int main(void)
{
    check(GOAL_SENTENCE, "", " The| duck|.| And", ENDING_SENTENCE, " The duck.", false);
    check(GOAL_SENTENCE, "", " No|.\n|One", ENDING_SENTENCE, " No.", true);
    check(GOAL_SENTENCE, "", " No|?!\n\"|I", ENDING_SENTENCE, " No?!", true);
    check(GOAL_SENTENCE, "", " Mr|.| Fox| and| Mrs|.| Dr|.| Hen| ran|.", ENDING_SENTENCE,
          " Mr. Fox and Mrs. Dr. Hen ran.", false);
    check(GOAL_SENTENCE, "", " \"|I| am|.| You|,\"| said| he|.", ENDING_SENTENCE,
          " \"I am. You,\" said he.", false);
    check(GOAL_SENTENCE, "", " He| said|,| \"|No|.\"|\n", ENDING_SENTENCE, " He said, \"No.\"", false);
    check(GOAL_SENTENCE, "", " He| said|,| \"|No|.\"\n\"|I", ENDING_SENTENCE, " He said, \"No.\"",
          true);
    check(GOAL_SENTENCE, "", " \"|No|!\"| said| he|.", ENDING_SENTENCE, " \"No!\" said he.", false);
    check(GOAL_SENTENCE, "", " \"|No|!\"| He| ran|.", ENDING_SENTENCE, " \"No!\"", false);
    check(GOAL_SENTENCE, "", " \"|No|!\"\n|He", ENDING_SENTENCE, " \"No!\"", true);
    check(GOAL_SENTENCE, " \"Oh", "|.| No|?\"| He", ENDING_SENTENCE, ". No?\"", false);
    check(GOAL_SENTENCE, "", " \xe2\x80\x9cNo|.| I|.\xe2\x80\x9d| He", ENDING_SENTENCE,
          " \xe2\x80\x9cNo. I.\xe2\x80\x9d", false);
    check(GOAL_SENTENCE, "", "\n|One| day|\n|He", ENDING_NEWLINE, "\nOne day", true);
    check(GOAL_SENTENCE, " One", "\n|day|.", ENDING_NEWLINE, "", true);
    check(GOAL_SENTENCE, "", " The| duck", ENDING_NONE, " The duck", false);
    check(GOAL_QUOTATION, " he said, \"", "I| am|.| No|!\"| He", ENDING_QUOTATION, "I am. No!\"",
          false);
    check(GOAL_QUOTATION, " \"", "No|,\"\n", ENDING_QUOTATION, "No,\"", true);
    check(GOAL_QUOTATION, "", "No|\xe2\x80\x9d", ENDING_QUOTATION, "No\xe2\x80\x9d", false);
    check(GOAL_QUOTATION, "", "No|.\n|One", ENDING_NEWLINE, "No.", true);
    check(GOAL_TOKENS, "", " a|.\n|\"|b|\n", ENDING_NONE, " a.\n\"b\n", false);
    return check_report();
}
