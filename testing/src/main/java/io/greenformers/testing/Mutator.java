package io.greenformers.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes valid models invalid, or odd: one to three changes of lengths, dims, types, names, offsets
 * and structure, sometimes of bytes besides.
 */
public final class Mutator {
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    7,
    127,
    128,
    255,
    65_535,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MAX_VALUE / 4
  };
  private static final String[] STRINGS = {
    "",
    " ",
    "/",
    "../../etc/passwd",
    "a\0b",
    "\u202Eabc",
    "location",
    "offset",
    "length",
    "-1",
    "9223372036854775807",
    "18446744073709551616",
    "1e9",
    "x".repeat(70_000)
  };
  private static final int MOST_COPIED = 1 << 20;

  private final RandomGenerator random;

  public Mutator(RandomGenerator random) {
    this.random = random;
  }

  /** A file that may be no model any more. */
  public byte[] mutant(Message model) {
    Message changed = model;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      changed = change(changed);
    }
    byte[] file = changed.toByteArray();
    return random.nextInt(8) == 0 ? bytes(file) : file;
  }

  private Message change(Message message) {
    List<FieldDescriptor> set = new ArrayList<>(message.getAllFields().keySet());
    if (set.isEmpty()) {
      return message;
    }
    FieldDescriptor field = set.get(random.nextInt(set.size()));
    // most of a model is deep inside
    for (int i = 0; i < 2 && !isDeep(field); i++) {
      field = set.get(random.nextInt(set.size()));
    }
    Message.Builder builder = message.toBuilder();
    if (random.nextInt(50) == 0) {
      builder.clearField(field);
    } else if (field.isRepeated()) {
      repeated(builder, field);
    } else {
      builder.setField(field, value(field, message.getField(field)));
    }
    return builder.buildPartial();
  }

  private static boolean isDeep(FieldDescriptor field) {
    return field.getJavaType() == JavaType.MESSAGE && !field.getName().equals("opset_import");
  }

  private void repeated(Message.Builder builder, FieldDescriptor field) {
    int size = builder.getRepeatedFieldCount(field);
    if (size == 0) {
      return;
    }
    int at = random.nextInt(size);
    Object element = builder.getRepeatedField(field, at);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(builder.getRepeatedField(field, i));
    }
    switch (random.nextInt(10)) {
      case 0 -> all.remove(at);
      case 1 -> all.add(random.nextInt(size + 1), element);
      case 2 -> all.add(all.remove(random.nextInt(size)));
      case 3 -> {
        int bytes = element instanceof Message message ? message.getSerializedSize() : 1;
        for (int i = random.nextInt(1 + MOST_COPIED / (bytes + 500)); i > 0; i--) {
          all.add(element);
        }
      }
      default -> all.set(at, value(field, element));
    }
    builder.setField(field, all);
  }

  private Object value(FieldDescriptor field, Object old) {
    return switch (field.getJavaType()) {
      case INT -> (int) number(((Number) old).longValue());
      case LONG -> number(((Number) old).longValue());
      case FLOAT -> random.nextBoolean() ? Float.NaN : (float) number(0);
      case DOUBLE -> random.nextBoolean() ? Double.POSITIVE_INFINITY : (double) number(0);
      case BOOLEAN -> !(Boolean) old;
      case STRING -> string((String) old);
      case BYTE_STRING -> ByteString.copyFrom(bytes(((ByteString) old).toByteArray()));
      case ENUM -> member(field.getEnumType());
      case MESSAGE -> change((Message) old);
    };
  }

  private long number(long old) {
    return switch (random.nextInt(4)) {
      case 0 -> old + random.nextInt(-2, 3);
      case 1 -> old << random.nextInt(1, 34);
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }

  private String string(String old) {
    return switch (random.nextInt(3)) {
      case 0 -> old + "x";
      case 1 -> old.isEmpty() ? "x" : old.substring(random.nextInt(old.length()));
      default -> STRINGS[random.nextInt(STRINGS.length)];
    };
  }

  private Object member(EnumDescriptor type) {
    return type.getValues().get(random.nextInt(type.getValues().size()));
  }

  private byte[] bytes(byte[] old) {
    if (old.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(old.length);
    return switch (random.nextInt(3)) {
      case 0 -> Arrays.copyOf(old, at);
      case 1 -> Arrays.copyOf(old, old.length + random.nextInt(100));
      default -> noise(old);
    };
  }

  private byte[] noise(byte[] old) {
    byte[] changed = old.clone();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
    }
    return changed;
  }
}
