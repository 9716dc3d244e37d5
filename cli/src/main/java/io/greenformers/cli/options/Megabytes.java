package io.greenformers.cli.options;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of memory as people write it: {@code 512MB}, {@code 4GB}. */
public record Megabytes(int count) {
  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,6})\\s*(MB|M|GB|G)");
  private static final int IN_A_GIGABYTE = 1024;

  /** Reads an amount. */
  public static final class Converter implements ITypeConverter<Megabytes> {
    @Override
    public Megabytes convert(String text) {
      Matcher amount = AMOUNT.matcher(text.strip().toUpperCase(Locale.ROOT));
      if (!amount.matches()) {
        throw new TypeConversionException("expected an amount as 512MB or 4GB, found " + text);
      }
      int number = Integer.parseInt(amount.group(1));
      return new Megabytes(amount.group(2).startsWith("G") ? number * IN_A_GIGABYTE : number);
    }
  }
}
