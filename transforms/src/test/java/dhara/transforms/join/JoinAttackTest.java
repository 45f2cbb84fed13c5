package dhara.transforms.join;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.CoderAttack;
import dhara.records.RecordCoder;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinAttackTest {

  private static final Instant DAY = Instant.parse("2026-03-01T10:00:00Z");

  record Offer(String id, Instant at, String who) implements Event {}

  @Test
  void bytesAreWhatAJoinRemembersOrAnError() throws IOException {
    Pending.PendingCoder<Offer, Offer> coder =
        new Pending.PendingCoder<>(RecordCoder.of(Offer.class), RecordCoder.of(Offer.class));
    Pending<Offer, Offer> pending = coder.none();
    for (int i = 0; i < 4; i++) {
      pending.lefts().add(new Offer("l" + i, DAY.plusMillis(i), "me"));
      pending.rights().add(new Offer("r" + i, DAY.plusNanos(7L * i), "you"));
    }

    CoderAttack.on("join", 20, coder, List.of(coder.none(), pending));
  }

  @Test
  void aClaimOfTwoBillionBytesIsRefusedWithoutRoomForThem() {
    byte[] claims = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 0};
    Pending.PendingCoder<Offer, Offer> coder =
        new Pending.PendingCoder<>(RecordCoder.of(Offer.class), RecordCoder.of(Offer.class));

    assertThrows(EOFException.class, () -> coder.decode(new ByteArrayInputStream(claims)));
  }
}
