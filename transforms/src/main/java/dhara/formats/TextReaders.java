package dhara.formats;

import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import dhara.formats.text.Text;
import dhara.records.RecentTexts;
import dhara.tokens.Tokeniser;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The readers of texts, enums and bytes. */
final class TextReaders {

  private TextReaders() {}

  /** Any text that is valid in UTF-8. */
  static final class Strings extends ComponentReader.OfObject<String> {

    private final RecentTexts recent = new RecentTexts();

    @Override
    String refusal() {
      return "is no text";
    }

    @Override
    boolean keepsSpaces() {
      return true;
    }

    @Override
    String value(Text text) throws BadEvent {
      return text(text);
    }

    @Override
    Optional<ComponentReader> tokenised(Tokeniser tokeniser) {
      return Optional.of(new Tokenised(this, tokeniser));
    }

    String text(Text text) throws BadEvent {
      char[] chars = text.chars;
      for (int i = text.start; i < text.end; i++) {
        if (chars[i] >= Character.MIN_SURROGATE) {
          return whole(text, i);
        }
      }
      return recent.of(chars, text.start, text.end);
    }

    String ascii(byte[] bytes, int start, int end) {
      return recent.utf8(bytes, start, end - start);
    }

    /**
     * Checks that all surrogates from here on are paired, because an escape may write half of a
     * pair.
     */
    private String whole(Text text, int from) throws BadEvent {
      for (int i = from; i < text.end; i++) {
        char c = text.chars[i];
        if (Character.isSurrogate(c)) {
          if (i + 1 == text.end || !Character.isSurrogatePair(c, text.chars[i + 1])) {
            throw text.bad(Reason.WRONG_TYPE, "holds half of a surrogate pair, which is no text");
          }
          i++;
        }
      }
      return text.toString();
    }
  }

  /** The token of a text; the text itself goes no further. */
  static final class Tokenised extends ComponentReader.OfObject<String> {
    private final Strings strings;
    private final Tokeniser tokeniser;

    Tokenised(Strings strings, Tokeniser tokeniser) {
      this.strings = strings;
      this.tokeniser = tokeniser;
    }

    @Override
    String refusal() {
      return strings.refusal();
    }

    @Override
    boolean keepsSpaces() {
      return strings.keepsSpaces();
    }

    @Override
    String value(Text text) throws BadEvent {
      return tokeniser.token(strings.text(text));
    }
  }

  /** An enum constant, by its name in any case. */
  static final class Enums extends ComponentReader.OfObject<Object> {
    private final Object[] constants;
    private final String[] names;

    Enums(Class<?> type) {
      constants = type.getEnumConstants();
      names = new String[constants.length];
      for (int i = 0; i < names.length; i++) {
        names[i] = ((Enum<?>) constants[i]).name();
      }
    }

    @Override
    String refusal() {
      return "is none of " + String.join(", ", names);
    }

    @Override
    @Nullable Object value(Text text) {
      Object anyCase = null;
      for (int i = 0; i < names.length; i++) {
        if (names[i].length() == text.end - text.start) {
          if (same(names[i], text, false)) {
            return constants[i];
          }
          if (anyCase == null && same(names[i], text, true)) {
            anyCase = constants[i];
          }
        }
      }
      return anyCase;
    }

    private static boolean same(String name, Text text, boolean anyCase) {
      for (int i = 0; i < name.length(); i++) {
        char one = name.charAt(i);
        char other = text.chars[text.start + i];
        if (one != other
            && !(anyCase && Character.toLowerCase(one) == Character.toLowerCase(other))) {
          return false;
        }
      }
      return true;
    }
  }

  /** Bytes in Base64. */
  static final class Bytes extends ComponentReader.OfObject<byte[]> {
    @Override
    String refusal() {
      return "is no Base64";
    }

    @Override
    byte @Nullable [] value(Text text) throws BadEvent {
      try {
        return Base64.getDecoder().decode(text.toString());
      } catch (IllegalArgumentException e) {
        String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        throw text.bad(Reason.WRONG_TYPE, refusal() + ": " + why);
      }
    }
  }
}
