package dhara.transforms.unique;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdHashTest {

  private static String hex(String id) {
    byte[] hash = new byte[IdHash.BYTES];
    new IdHash().write(id, hash);
    return HexFormat.of().formatHex(hash);
  }

  @Test
  void hashesStayForTheyAreInSavepoints() {
    assertThat(hex("abc"), is("ba7816bf8f01cfea414140de5dae2223"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 55, 56, 509, 510, 511, 512, 513, 5000})
  void aHashIsTheStartOfTheSha256OfTheIdInUtf8(int length) throws NoSuchAlgorithmException {
    for (String characters : new String[] {"a", "é", "€"}) {
      String id = characters.repeat(length);
      byte[] whole = MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8));
      assertThat(hex(id), is(HexFormat.of().formatHex(whole, 0, IdHash.BYTES)));
    }
  }

  @Test
  void idsThatDifferHaveHashesThatDiffer() {
    Set<String> hashes = new HashSet<>();
    String[] ids = {"", "\0", "\0\0", "?", "\ud800", "\ud801", "\ud83d\ude00", "é", "e\u0301", "E"};
    Arrays.stream(ids).map(IdHashTest::hex).forEach(hashes::add);
    assertThat(hashes.size(), is(ids.length));
  }

  @Test
  void oneHashSaysTheSameAsBytesAndAsAnObject() {
    IdHash ids = new IdHash();
    byte[] hash = new byte[IdHash.BYTES];
    for (int i = 0; i < 1000; i++) {
      ids.write("id " + i, hash);
      IdHash.Hash same = ids.of("id " + i);
      assertThat(
          HexFormat.of().formatHex(hash),
          is(HexFormat.of().toHexDigits(same.high()) + HexFormat.of().toHexDigits(same.low())));
      int shard = IdHash.shard(hash, 37);
      assertThat(shard, allOf(greaterThanOrEqualTo(0), lessThan(37)));
      assertThat(IdHash.shard(same, 37), is(shard));
    }
  }
}
