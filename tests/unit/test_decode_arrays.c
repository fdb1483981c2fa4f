/* A message that holds an array: what its elements are, and what is no array. */
#include "decode_fixture.h"

static const struct {
    const char *text;
    size_t length;
    int elements; /* 0: it is read as one event, which is rejected */
    enum reject_reason reason;
} array_messages[] = {
    {TEXT("[{}]"), 1, REJECT_REASONS},
    {TEXT(" [ 1 , [2] , {\"a\":[3,4]} ] "), 3, REJECT_REASONS},
    {TEXT("[{\"a\":\"\\u0000\"},{}]"), 2, REJECT_REASONS},
    {TEXT("[{\"a\":\"\\ud800\"},{}]"), 2, REJECT_REASONS},
    {TEXT("\0\0\0\0\7[{},{}]"), 2, REJECT_REASONS}, /* Confluent's framing */
    {TEXT("[\"\\u0000\",\"\\ud800\",7]"), 3, REJECT_REASONS},
    {TEXT("[]"), 0, REJECT_EMPTY},
    {TEXT(" [ ] "), 0, REJECT_EMPTY},
    {TEXT("[{},]"), 0, REJECT_BAD_JSON},
    {TEXT("[{}"), 0, REJECT_BAD_JSON},
    {TEXT("[{}]x"), 0, REJECT_BAD_JSON},
    {TEXT("[{}][{}]"), 0, REJECT_BAD_JSON},
    {TEXT("[{\"a\":tru},{}]"), 0, REJECT_BAD_JSON},
    {TEXT("[{\"a\":1\\ud800},{}]"), 0, REJECT_LONE_SURROGATE},
    {TEXT("[{\"a\":\"\\ud800\"},{},]"), 0, REJECT_LONE_SURROGATE},
    {TEXT("[{\"a\":\"\\u0000\"},{}(]"), 0, REJECT_NUL},
    {TEXT("[{\"a\":\"\xFF\"},{}]"), 0, REJECT_BAD_UTF8},
    {TEXT("[{\"a\":\"\0\"},{}]"), 0, REJECT_NUL},
    {TEXT("\"[{}]\""), 0, REJECT_NOT_AN_OBJECT},
};

START_TEST(an_array_is_told_apart_and_must_be_json_as_a_whole)
{
    const char *text = array_messages[_i].text;
    size_t length = array_messages[_i].length;
    struct elements elements = {NULL, NULL, 0};
    struct rejection why;
    struct event event;

    ck_assert_int_eq(decode_elements(decoder, text, length, &elements, &why),
                     array_messages[_i].elements > 0);
    if (array_messages[_i].elements > 0) {
        ck_assert_uint_eq(elements.count, (unsigned)array_messages[_i].elements);
        return;
    }
    ck_assert_int_eq(decode_event(decoder, text, length, &policy, &event, &why), STATUS_REJECT);
    ck_assert_str_eq(reject_reason_name(why.reason), reject_reason_name(array_messages[_i].reason));
}
END_TEST

START_TEST(a_message_of_64_kib_holds_32767_elements)
{
    struct elements elements;
    struct slice element;
    struct rejection why;

    memset(message, ',', EVENT_MESSAGE_MAX);
    for (size_t i = 1; i < EVENT_MESSAGE_MAX; i += 2)
        message[i] = '1';
    message[0] = '[';
    message[EVENT_MESSAGE_MAX - 1] = ']';
    ck_assert(!decode_elements(decoder, message, EVENT_MESSAGE_MAX, &elements, &why));
    message[EVENT_MESSAGE_MAX - 2] = ']';
    ck_assert(decode_elements(decoder, message, EVENT_MESSAGE_MAX - 1, &elements, &why));
    ck_assert_uint_eq(elements.count, EVENT_MESSAGE_MAX / 2 - 1);
    for (uint32_t i = 0; i < elements.count; i++)
        ck_assert(elements_next(&elements, &element) && element.length == 1);
    /* One byte too long as a whole. */
    memset(message, ' ', EVENT_MESSAGE_MAX + 1);
    memcpy(message, "[1]", 3);
    ck_assert(decode_elements(decoder, message, EVENT_MESSAGE_MAX, &elements, &why));
    ck_assert(!decode_elements(decoder, message, EVENT_MESSAGE_MAX + 1, &elements, &why));
}
END_TEST

int main(void)
{
    TCase *cases = decode_case("decode_arrays");

    tcase_add_loop_test(cases, an_array_is_told_apart_and_must_be_json_as_a_whole, 0,
                        COUNT(array_messages));
    tcase_add_test(cases, a_message_of_64_kib_holds_32767_elements);
    return run_case(cases, "decode_arrays");
}
