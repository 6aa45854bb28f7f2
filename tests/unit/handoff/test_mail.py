"""Handing in mail, to a real mail server on this machine."""

import socket
from collections.abc import Iterator

import pytest

from handoff.mail import Mailer, MailFailed, MailServer, mail_server
from tests.unit.handoff.mail_server import PASSWORD, Postbox, serving

FROM = "LeadTriage <leads@vendor.example>"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mailer(postbox: Postbox) -> Iterator[Mailer]:
    with serving(postbox) as port:
        yield Mailer(mail_server(f"smtp://127.0.0.1:{port}"), sender=FROM, timeout_seconds=5)


def test_a_mail_arrives_as_it_was_written(mailer: Mailer, postbox: Postbox) -> None:
    mailer.send("ana@vendor.example", "Ein Gruß – 15 min left", "A lead waits.\n\nIt is yours, señora.\n")
    (mail,) = postbox.mails
    assert (mail["From"], mail["To"], mail["Subject"]) == (FROM, "ana@vendor.example", "Ein Gruß – 15 min left")
    assert mail.get_content().replace("\r\n", "\n") == "A lead waits.\n\nIt is yours, señora.\n"
    assert postbox.to == [["ana@vendor.example"]] and mail["Auto-Submitted"] == "auto-generated" and mail["Date"]


def test_mails_of_one_key_have_one_message_id_and_others_each_their_own(mailer: Mailer, postbox: Postbox) -> None:
    for key in ("abc", "abc", None, None):
        mailer.send("ana@vendor.example", "Hello", "Hello", key=key)
    ids = [mail["Message-ID"] for mail in postbox.mails]
    assert ids[0] == ids[1] == "<abc@vendor.example>" and len(set(ids)) == 3


@pytest.mark.parametrize(("answer", "permanent"), [("451 try later", False), ("550 no such thing", True), ("554 refused", True)])
def test_a_mail_that_is_not_taken_says_whether_another_try_can_help(mailer: Mailer, postbox: Postbox, answer: str, permanent: bool) -> None:
    postbox.answers = [answer]
    with pytest.raises(MailFailed, match=answer[:3]) as failed:
        mailer.send("ana@vendor.example", "Hello", "Hello")
    assert failed.value.permanent is permanent and postbox.mails == []


@pytest.mark.parametrize(("answer", "permanent"), [("450 mailbox busy", False), ("550 unknown", True)])
def test_a_recipient_that_is_refused_for_good_is_told_from_one_that_is_busy(mailer: Mailer, postbox: Postbox, answer: str, permanent: bool) -> None:
    postbox.refused_recipients = {"gone@vendor.example": answer}
    with pytest.raises(MailFailed, match="recipient") as failed:
        mailer.send("gone@vendor.example", "Hello", "Hello")
    assert failed.value.permanent is permanent
    assert "gone@" not in str(failed.value), "what is logged names nobody"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the test's own server, on this machine
def test_a_login_is_used_and_a_wrong_one_can_be_mended(postbox: Postbox) -> None:
    with serving(postbox, sign_in=True) as port:
        Mailer(mail_server(f"smtp://ana:p%40ss%3Aword@127.0.0.1:{port}"), sender=FROM).send("ana@vendor.example", "Hello", "Hello")
        with pytest.raises(MailFailed, match="SMTP_URL") as failed:
            Mailer(mail_server(f"smtp://ana:wrong@127.0.0.1:{port}"), sender=FROM).send("ana@vendor.example", "Hello", "Hello")
    assert len(postbox.mails) == 1 and not failed.value.permanent
    assert PASSWORD not in str(failed.value)


def test_a_server_that_is_away_or_says_nothing_can_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(MailFailed) as failed:
            Mailer(mail_server(f"smtp://127.0.0.1:{port}"), sender=FROM, timeout_seconds=0.2).send("ana@vendor.example", "Hello", "Hello")
        assert not failed.value.permanent
    with pytest.raises(MailFailed, match=f"127.0.0.1:{port}") as failed:
        Mailer(mail_server(f"smtp://127.0.0.1:{port}"), sender=FROM).send("ana@vendor.example", "Hello", "Hello")
    assert not failed.value.permanent


def test_starttls_that_the_server_does_not_offer_sends_nothing_in_the_clear(postbox: Postbox) -> None:
    with serving(postbox) as port, pytest.raises(MailFailed) as failed:
        Mailer(mail_server(f"smtp://127.0.0.1:{port}?starttls=1"), sender=FROM).send("ana@vendor.example", "Hello", "Hello")
    assert not failed.value.permanent and postbox.mails == []


@pytest.mark.parametrize(("to", "subject"), [("no address", "Hello"), ("", "Hello"), ("ana@vendor.example\nBcc: all@vendor.example", "Hello"),
                                             ("ana@vendor.example", "Hello\nBcc: all@vendor.example")])  # fmt: skip
def test_what_can_be_no_mail_is_refused_for_good_and_nothing_is_slipped_in(mailer: Mailer, postbox: Postbox, to: str, subject: str) -> None:
    with pytest.raises(MailFailed) as failed:
        mailer.send(to, subject, "Hello")
    assert failed.value.permanent and postbox.mails == []


@pytest.mark.parametrize(("url", "server"), [
    ("smtp://mail.example", MailServer("mail.example", 25, None, None, False, False)),
    ("smtps://ana:x%2Fy@mail.example", MailServer("mail.example", 465, "ana", "x/y", True, False)),
    ("smtp://mail.example:587?starttls=yes", MailServer("mail.example", 587, None, None, False, True)),
])  # fmt: skip
def test_the_setting_is_read(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://ana:secret@mail.example:many", "smtp://ana:secret@m.example?tls=1",
                                 "smtp://ana:secret@mail.example/path"])  # fmt: skip
def test_a_setting_that_is_none_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="expected e") as refused:
        mail_server(url)
    assert "secret" not in str(refused.value)
