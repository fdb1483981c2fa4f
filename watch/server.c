#define _DEFAULT_SOURCE /* what microhttpd.h needs of the system's headers */
#include "watch/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "kansen/thread.h"
#include "watch/exposition.h"

/* Some Prometheus servers, a load balancer, a person. Whoever comes then takes the place of the one
 * that has been there for longest: requests that trickle in can't keep others away. */
#define CONNECTIONS_MAX 16

/* Of silence, while a request comes and its answer is taken. */
#define CONNECTION_TIMEOUT_S 5U

/* Room for those that were shut down and are not closed yet. */
#define CONNECTIONS_LIMIT 64U

/* Of the request line and its headers; the answer lies elsewhere. */
#define CONNECTION_MEMORY ((size_t)16 * 1024)

#define PLAIN_TEXT "text/plain; charset=utf-8"

#define URL_SIZE 320

struct server {
    struct watch *watch;
    struct MHD_Daemon *daemon;
    int sockets[CONNECTIONS_MAX]; /* of connections, the oldest first; the daemon's thread's alone
                                   */
    size_t socket_count;
    char url[URL_SIZE];
};

/* ---- what is asked */

static unsigned answer_metrics(struct watch *watch, FILE *out)
{
    exposition_write(watch, out);
    return MHD_HTTP_OK;
}

static unsigned answer_alive(struct watch *watch, FILE *out)
{
    if (!health_is_alive(&watch->health, out))
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    fputs("alive\n", out);
    return MHD_HTTP_OK;
}

static unsigned answer_ready(struct watch *watch, FILE *out)
{
    if (!health_is_ready(&watch->health, out))
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    fputs("ready\n", out);
    return MHD_HTTP_OK;
}

static const struct page {
    const char *path;
    const char *content_type;
    unsigned (*answer)(struct watch *watch, FILE *out); /* the status */
} pages[] = {
    {"/metrics", EXPOSITION_CONTENT_TYPE, answer_metrics},
    {"/livez", PLAIN_TEXT, answer_alive},
    {"/readyz", PLAIN_TEXT, answer_ready},
};

static unsigned answer_not_found(FILE *out)
{
    fputs("there is no such page; there are\n", out);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        fprintf(out, "%s\n", pages[i].path);
    return MHD_HTTP_NOT_FOUND;
}

/* ---- answers */

/* Takes the text. */
static enum MHD_Result respond(struct MHD_Connection *connection, unsigned status,
                               const char *content_type, char *text, size_t length)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result;

    if (response == NULL) {
        free(text);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static const struct page *page_at(const char *path)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (strcmp(path, pages[i].path) == 0)
            return &pages[i];
    return NULL;
}

static bool is_reading(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **request)
{
    struct server *server = context;
    const struct page *page = page_at(path);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    unsigned status;

    (void)version, (void)upload, (void)upload_size, (void)request;
    if (out == NULL)
        return MHD_NO;
    if (!is_reading(method)) {
        fputs("only GET and HEAD\n", out);
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
    } else if (page == NULL) {
        status = answer_not_found(out);
    } else {
        status = page->answer(server->watch, out);
    }
    if (fclose(out) != 0) {
        free(text);
        return MHD_NO;
    }
    return respond(connection, status, page == NULL ? PLAIN_TEXT : page->content_type, text,
                   length);
}

/* ---- who is connected */

static void forget_socket(struct server *server, int socket)
{
    size_t at = 0;

    while (at < server->socket_count && server->sockets[at] != socket)
        at++;
    if (at == server->socket_count)
        return;
    server->socket_count--;
    memmove(&server->sockets[at], &server->sockets[at + 1],
            (server->socket_count - at) * sizeof(*server->sockets));
}

/* libmicrohttpd closes what it finds shut down. */
static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *server = context;
    const union MHD_ConnectionInfo *about =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    (void)socket_context;
    if (about == NULL)
        return;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        forget_socket(server, about->connect_fd);
        return;
    }
    if (server->socket_count == CONNECTIONS_MAX) {
        shutdown(server->sockets[0], SHUT_RDWR);
        forget_socket(server, server->sockets[0]);
    }
    server->sockets[server->socket_count++] = about->connect_fd;
}

/* ---- the socket */

static enum status listen_at(const struct addrinfo *place, int *out, struct error *error)
{
    int on = 1;
    int fd = socket(place->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int failure;

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, place->ai_addr, place->ai_addrlen) == 0 && listen(fd, CONNECTIONS_MAX) == 0) {
        *out = fd;
        return STATUS_OK;
    }
    failure = errno;
    if (fd >= 0)
        close(fd);
    return error_set(error, failure == EACCES ? STATUS_DENIED : STATUS_RETRY, "%s",
                     strerror(failure));
}

static enum status open_socket(const struct address *address, int *out, struct error *error)
{
    struct addrinfo *places = NULL;
    struct error reason;
    enum status status = address_resolve(address, AI_PASSIVE, &places, &reason);

    if (status == STATUS_OK)
        status = listen_at(places, out, &reason);
    if (places != NULL)
        freeaddrinfo(places);
    if (status != STATUS_OK)
        return error_set(error, status, "can't listen at port %s of %s: %.600s", address->port,
                         address->host, reason.message);
    return STATUS_OK;
}

/* The address as it became, in numbers: of port 0 the one that was free. */
static void note_url(struct server *server, int fd)
{
    struct sockaddr_storage place;
    socklen_t size = sizeof(place);
    char host[ADDRESS_HOST_SIZE] = "";
    char port[ADDRESS_PORT_SIZE] = "";

    if (getsockname(fd, (struct sockaddr *)&place, &size) != 0 ||
        getnameinfo((struct sockaddr *)&place, size, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    snprintf(server->url, sizeof(server->url),
             place.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

/* ---- starting and stopping */

static struct MHD_Daemon *start_daemon(struct server *server, int fd)
{
    struct MHD_Daemon *daemon;
    sigset_t before;

    thread_hold_signals(&before);
    daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL, 0, NULL, NULL, on_request,
                         server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_CONNECTION,
                         on_connection, server, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_LIMIT,
                         MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_TIMEOUT_S,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_END);
    thread_admit_signals(&before);
    return daemon;
}

enum status server_start(const struct address *address, struct watch *watch, struct server **out,
                         struct error *error)
{
    struct server *server = calloc(1, sizeof(*server));
    enum status status;
    int fd = -1;

    if (server == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    server->watch = watch;
    status = open_socket(address, &fd, error);
    if (status == STATUS_OK) {
        note_url(server, fd);
        server->daemon = start_daemon(server, fd);
        if (server->daemon == NULL) {
            close(fd);
            status = error_set(error, STATUS_FATAL, "libmicrohttpd does not start");
        }
    }
    if (status != STATUS_OK) {
        free(server);
        return status;
    }
    *out = server;
    return STATUS_OK;
}

const char *server_library_version(void)
{
    return MHD_get_version();
}

const char *server_url(const struct server *server)
{
    return server->url;
}

void server_stop(struct server *server)
{
    if (server == NULL)
        return;
    MHD_stop_daemon(server->daemon);
    free(server);
}
