"""PostgreSQL and Apache Kafka behind TLS, with users and passwords: what production looks like."""

import pathlib
import shutil
import subprocess
import tempfile

from servers import Kafka, Postgres, free_ports, wait_until

KAFKA_USER = "agent"


class Certificates:
    """A certificate authority of the tests, and another. `server.pem` is for 127.0.0.1 and no other name,
    `expired.pem` was; `client.pem` is a client's, `stranger.pem` and `other-server.pem` are
    of the other authority."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tls"))
        self.folder.chmod(0o755)
        for authority in ("ca", "other-ca"):
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                          "-nodes", "-days", "2", "-subj", f"/CN={authority}",
                          "-keyout", f"{authority}.key", "-out", f"{authority}.pem")
        self.issue("server", "subjectAltName=IP:127.0.0.1")
        self.issue("expired", "subjectAltName=IP:127.0.0.1", days=-1)
        self.issue("client", "extendedKeyUsage=clientAuth")
        self.issue("stranger", "extendedKeyUsage=clientAuth", authority="other-ca")
        self.issue("other-server", "subjectAltName=IP:127.0.0.1", authority="other-ca")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)

    def issue(self, name, extension, authority="ca", days=2):
        """NAME.pem and NAME.key, in place of those that are there."""
        (self.folder / f"{name}.ext").write_text(extension + "\n", encoding="ascii")
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                      "-out", f"{name}.csr")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey",
                      f"{authority}.key", "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext",
                      "-out", f"{name}.pem")

    def __getitem__(self, name):
        return str(self.folder / name)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class SecurePostgres(Postgres):
    """TCP on 127.0.0.1, TLS and SCRAM passwords only; the socket stays open to the tests."""

    def __init__(self, certificates):
        super().__init__()
        self.port = free_ports(1)[0]
        self.certificates = certificates
        self._copy_certificate("server")
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nssl = on\n"
                           "ssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\n")
        (self.data / "pg_hba.conf").write_text(
            "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n", encoding="ascii")

    def _copy_certificate(self, name):
        for kind in ("pem", "key"):
            copy = self.data / f"server.{kind}"
            shutil.copyfile(self.certificates[f"{name}.{kind}"], copy)
            copy.chmod(0o600)
            if self.user is not None:
                shutil.chown(copy, self.user, self.user)

    def show_certificate(self, name):
        """To whoever connects from now on."""
        self._copy_certificate(name)
        connection = self.connect("postgres")
        connection.cursor().execute("select pg_reload_conf()")
        connection.close()
        shown = pathlib.Path(self.certificates[f"{name}.pem"]).read_text(encoding="ascii")
        wait_until(lambda: self._shown() == shown.strip(), f"the certificate {name}")

    def _shown(self):
        said = subprocess.run(["openssl", "s_client", "-starttls", "postgres", "-connect", f"127.0.0.1:{self.port}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
        return said[said.find("-----BEGIN"):said.find("-----END CERTIFICATE-----") + 25]

    def conninfo(self, database, user="postgres"):
        return f"{super().conninfo(database, user)} port={self.port}"

    def tls_conninfo(self, database, user, authority, host="127.0.0.1"):
        """hostaddr keeps the address when the name to be verified is another one."""
        return (f"host={host} hostaddr=127.0.0.1 port={self.port} dbname={database} user={user}"
                f" sslmode=verify-full sslrootcert={authority}")


class SecureKafka(Kafka):
    """`sasl` is host:port of SASL_SSL (SCRAM-SHA-512 and OAUTHBEARER), `mutual` of TLS that wants
    a client's certificate, `expired` the same with a certificate that has expired; `brokers` stays open
    to the tests."""

    def __init__(self, certificates, password):
        super().__init__()
        self.password = password
        sasl, mutual, expired = free_ports(3)
        self.sasl = f"127.0.0.1:{sasl}"
        self.mutual = f"127.0.0.1:{mutual}"
        self.expired = f"127.0.0.1:{expired}"
        self.certificates = certificates
        self._show("server", "server")
        self._show("expired", "expired")
        self.show_mutual("server", "ca")
        plain = dict(line.split("=", 1) for line in
                     self.properties.read_text(encoding="utf-8").splitlines()
                     if line and not line.startswith("#"))
        secure = f"SASL_SSL://{self.sasl},SSL://{self.mutual},EXPIRED://{self.expired}"
        security = "org.apache.kafka.common.security"
        with open(self.properties, "a", encoding="utf-8") as properties:
            # The last of two lines with one key counts.
            properties.write(
                f"listeners={plain['listeners']},{secure}\n"
                f"advertised.listeners={plain['advertised.listeners']},{secure}\n"
                f"listener.security.protocol.map={plain['listener.security.protocol.map']},"
                "SASL_SSL:SASL_SSL,SSL:SSL,EXPIRED:SSL\n"
                "sasl.enabled.mechanisms=SCRAM-SHA-512,OAUTHBEARER\n"
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config="
                f"{security}.scram.ScramLoginModule required;\n"
                "listener.name.sasl_ssl.oauthbearer.sasl.jaas.config="
                f"{security}.oauthbearer.OAuthBearerLoginModule required;\n"
                "listener.name.ssl.ssl.client.auth=required\n"
                f"ssl.keystore.type=PEM\nssl.keystore.location={self.folder}/server.pem\n"
                f"listener.name.expired.ssl.keystore.location={self.folder}/expired.pem\n"
                f"listener.name.ssl.ssl.keystore.location={self.folder}/mutual.pem\n"
                f"listener.name.ssl.ssl.truststore.location={self.folder}/mutual-ca.pem\n"
                f"ssl.truststore.type=PEM\nssl.truststore.location={certificates['ca.pem']}\n")

    def _show(self, file, certificate):
        (self.folder / f"{file}.pem").write_text("".join(
            pathlib.Path(self.certificates[f"{certificate}.{kind}"]).read_text(encoding="ascii")
            for kind in ("key", "pem")), encoding="ascii")

    def show_mutual(self, certificate, authority):
        """What `mutual` shows to clients, and whose certificates it wants of them, from the next start on."""
        self._show("mutual", certificate)
        shutil.copyfile(self.certificates[f"{authority}.pem"], self.folder / "mutual-ca.pem")

    def start(self):
        super().start()
        self.set_password(self.password)

    def set_password(self, password):
        self.password = password
        self._java(f"{self.admin}.ConfigCommand", "--bootstrap-server", self.brokers, "--alter",
                   "--add-config", f"SCRAM-SHA-512=[password={password}]",
                   "--entity-type", "users", "--entity-name", KAFKA_USER)

    def start_again(self):
        """As it was stopped, passwords included."""
        super().start()
