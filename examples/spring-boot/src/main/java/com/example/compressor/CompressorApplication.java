package com.example.compressor;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class CompressorApplication {
  public static void main(String[] args) {
    SpringApplication.run(CompressorApplication.class, args).close();
  }
}
