/* Lines of `kcat -J`: what is an envelope, and what is inside. */
#include "decode_fixture.h"

#define ENVELOPE(payload)                                                                          \
    "{\"topic\":\"detections\",\"partition\":0,\"offset\":5,\"tstype\":\"create\","                \
    "\"ts\":1379088328000,\"broker\":0,\"key\":\"a\",\"payload\":" payload "}"

START_TEST(the_payload_of_an_envelope_is_decoded)
{
    static const char line[] =
        ENVELOPE("\"{\\\"time\\\":1379088328000,\\\"device\\\":\\\"a\\\",\\\"name\\\":\\\"\\\\u611f"
                 "\\\",\\\"ip\\\":\\\"::\\\"}\"");
    struct slice payload;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    assert_slice(payload, "{\"time\":1379088328000,\"device\":\"a\",\"name\":\"\\u611f\","
                          "\"ip\":\"::\"}");
    assert_slice(accept_bytes(payload.data, payload.length).name, "感");
    /* It survives the decoding, so that a dead letter could still keep it. */
    assert_slice(payload, "{\"time\":1379088328000,\"device\":\"a\",\"name\":\"\\u611f\","
                          "\"ip\":\"::\"}");
}
END_TEST

START_TEST(a_tombstone_in_an_envelope_has_no_data)
{
    static const char line[] = ENVELOPE("null");
    struct slice payload = {line, 1};
    struct rejection why;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    ck_assert_ptr_null(payload.data);
    ck_assert_uint_eq(payload.length, 0);
    reject_bytes(payload.data, payload.length, REJECT_EMPTY, &why);
}
END_TEST

START_TEST(an_empty_payload_is_an_empty_message)
{
    static const char line[] = ENVELOPE("\"\"");
    struct slice payload;
    struct rejection why;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    reject_bytes(payload.data, payload.length, REJECT_EMPTY, &why);
}
END_TEST

START_TEST(a_nul_in_a_payload_is_found)
{
    static const char line[] = ENVELOPE("\"{\\\"name\\\":\\\"a\\u0000b\\\"}\"");
    struct slice payload;
    struct rejection why;

    ck_assert_int_eq(decode_kcat_envelope(decoder, line, sizeof(line) - 1, &payload), 1);
    reject_bytes(payload.data, payload.length, REJECT_NUL, &why);
}
END_TEST

START_TEST(a_payload_of_64_kib_fits_an_envelope_however_it_is_escaped)
{
    static const char head[] = "{\"topic\":\"t\",\"partition\":1,\"offset\":2,\"payload\":\"";
    char *line = malloc(sizeof(head) + EVENT_MESSAGE_MAX * 6 + 8);
    struct slice payload;
    char *at = line + sizeof(head) - 1;

    memcpy(line, head, sizeof(head) - 1);
    for (int place = 0; place < EVENT_MESSAGE_MAX; place++, at += 6)
        memcpy(at, "\\u0020", 6);
    memcpy(at, "\"}", 2);
    ck_assert_int_eq(decode_kcat_envelope(decoder, line, (size_t)(at + 2 - line), &payload), 1);
    ck_assert_uint_eq(payload.length, EVENT_MESSAGE_MAX);
    free(line);
}
END_TEST

static const char *const no_envelopes[] = {
    "",
    "{}",
    "null",
    "\"payload\"",
    "{\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5}",
    "{\"topic\":\"t\",\"partition\":0,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"offset\":5,\"payload\":\"{}\"}",
    "{\"partition\":0,\"offset\":5,\"payload\":\"{}\"}",
    "{\"topic\":1,\"partition\":0,\"offset\":5,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":\"0\",\"offset\":5,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5.5,\"payload\":\"{}\"}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":{}}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":7}",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"a\",\"payload\":\"b\"}",
    "{\"topic\":\"t\",\"topic\":\"t\",\"offset\":5,\"payload\":\"b\"}",
    "[{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"{}\"}]",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"{}\"",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"\xFF\"}",
    "{\"x\":{\"topic\":\"t\",\"partition\":0,\"offset\":5,\"payload\":\"{}\"}}",
};

START_TEST(what_is_no_envelope_is_left_to_decode_event)
{
    struct slice payload = {"untouched", 9};

    ck_assert_int_eq(
        decode_kcat_envelope(decoder, no_envelopes[_i], strlen(no_envelopes[_i]), &payload), 0);
    assert_slice(payload, "untouched");
}
END_TEST

int main(void)
{
    TCase *cases = decode_case("decode_envelope");

    tcase_add_test(cases, the_payload_of_an_envelope_is_decoded);
    tcase_add_test(cases, a_tombstone_in_an_envelope_has_no_data);
    tcase_add_test(cases, an_empty_payload_is_an_empty_message);
    tcase_add_test(cases, a_nul_in_a_payload_is_found);
    tcase_add_test(cases, a_payload_of_64_kib_fits_an_envelope_however_it_is_escaped);
    tcase_add_loop_test(cases, what_is_no_envelope_is_left_to_decode_event, 0, COUNT(no_envelopes));
    return run_case(cases, "decode_envelope");
}
