"""A real Chromium, asked over its pipe: pages at a width and in a colour scheme, what is computed there, what
they fetch, paper and pictures of them. One browser serves a whole file of tests."""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import select
import subprocess
import time
import zipfile

from servers import Missing, need

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A page of a report is there in well below a second; past this, something is wrong.
ANSWER_SECONDS = 120


def axe_script():
    """axe-core, from the cache or by Maven."""
    fetched = subprocess.run([ROOT / "tests/kafka/fetch", ROOT / "tests/axe"], capture_output=True,
                             text=True, check=False, stdin=subprocess.DEVNULL)
    if fetched.returncode != 0:
        raise Missing("axe-core can't be had: " + fetched.stderr.strip()[-500:])
    jar, = pathlib.Path(fetched.stdout.strip()).glob("*.jar")
    with zipfile.ZipFile(jar) as archive:
        return archive.read("axe.min.js").decode()


class Browser:
    """Speaks the DevTools protocol: JSON that ends in NUL, to the browser's descriptor 3 and from its 4."""

    def __init__(self, folder):
        need("chromium")
        read_end, self.to_browser = os.pipe()
        self.from_browser, write_end = os.pipe()
        # The child's 3 and 4, whatever numbers they have here.
        command = (f"exec chromium --headless --no-sandbox --disable-gpu --no-first-run "
                   f"--disable-background-networking --disable-component-update --disable-sync "
                   f"--disable-dev-shm-usage --hide-scrollbars --force-color-profile=srgb "
                   f"--remote-debugging-pipe --user-data-dir='{folder}/profile' about:blank "
                   f"3<&{read_end} 4>&{write_end}")
        self.process = subprocess.Popen(
            ["bash", "-c", command], pass_fds=(read_end, write_end), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)})
        os.close(read_end)
        os.close(write_end)
        self.numbers = itertools.count(1)
        self.received = b""
        self.events = []
        self.session = None

    def close(self):
        with contextlib.suppress(Exception):
            self.session = None
            self.ask("Browser.close")
        os.close(self.to_browser)
        os.close(self.from_browser)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _receive(self, deadline):
        while b"\0" not in self.received:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.from_browser], [], [], max(left, 0))
            assert ready, "Chromium doesn't answer"
            piece = os.read(self.from_browser, 1 << 20)
            assert piece, "Chromium is gone"
            self.received += piece
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait_for(self, method):
        deadline = time.monotonic() + ANSWER_SECONDS
        while not any(event["method"] == method for event in self.events):
            self.events.append(self._receive(deadline))

    def open(self, uri, width=1000, height=900, dark=False, media="", trusted=True):
        """A fresh tab. Scripts of ours run in it whatever the page's own policy says, and its own do, unless the policy
        is to count."""
        if self.session:
            self.ask("Page.close")
            self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.events = []
        self.ask("Page.enable")
        self.ask("Network.enable")
        self.ask("Log.enable")
        self.ask("Runtime.enable")
        self.ask("Page.setBypassCSP", enabled=trusted)
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Page.navigate", url=uri)
        self.wait_for("Page.loadEventFired")

    def value(self, expression):
        """Of JavaScript; a promise is waited for."""
        result = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True,
                          returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def requests(self):
        """What the page asked for, itself included; what stands in it is not asked for."""
        return [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"
                and not event["params"]["request"]["url"].startswith("data:")]

    def complaints(self):
        """Of the browser about the page: errors, what its policy forbids."""
        return [event["params"] for event in self.events
                if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]

    def examine(self, axe):
        """What axe-core finds wrong, a line each."""
        self.value(axe + ";0")
        result = self.value("axe.run(document, {resultTypes: ['violations']})")
        return [f"{rule['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:300]})"
                for rule in result["violations"] for node in rule["nodes"]]

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode={"Tab": 9, "Enter": 13, "ArrowRight": 39, " ": 32}[key])

    def picture(self, path, whole=True):
        image = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(image["data"]))

    def paper(self, path):
        pdf = self.ask("Page.printToPDF", printBackground=False, preferCSSPageSize=True,
                       displayHeaderFooter=False)
        path.write_bytes(base64.b64decode(pdf["data"]))
