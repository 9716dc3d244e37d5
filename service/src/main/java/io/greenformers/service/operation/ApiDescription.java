package io.greenformers.service.operation;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the OpenAPI document says of all routes: who may come in, and what errors look like. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
  private static final String BEARER = "bearer";
  private static final String PROBLEM = "Problem";

  @Bean
  static OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Greenformers")
                .version("v1")
                .description("Makes ONNX transformers smaller, and proves that they still work.")
                .license(new License().name("Apache-2.0")))
        .addSecurityItem(new SecurityRequirement().addList(BEARER))
        .components(
            new Components()
                .addSecuritySchemes(
                    BEARER,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme(BEARER)
                        .description(
                            "An API key, or a token (JWT) of the issuer, with the scope read, "
                                + "write or admin; needed where the service has login"))
                .addSchemas(PROBLEM, problem()));
  }

  private static ObjectSchema problem() {
    ObjectSchema schema = new ObjectSchema();
    schema.description("RFC 9457; further members depend on the code");
    schema.addProperty("type", new StringSchema().format("uri"));
    schema.addProperty("title", new StringSchema());
    schema.addProperty("status", new IntegerSchema());
    schema.addProperty("detail", new StringSchema());
    schema.addProperty("code", new StringSchema().description("Stable, for programs"));
    return schema;
  }

  /** Every route may answer so, and none says it itself. */
  @Bean
  static OpenApiCustomizer whatEveryRouteMayAnswer() {
    return api ->
        api.getPaths()
            .values()
            .forEach(path ->
                path.readOperations()
                    .forEach(operation ->
                        operation
                            .getResponses()
                            .addApiResponse("401", refusal("Nobody valid sent the request"))
                            .addApiResponse("403", refusal("The caller lacks a scope"))
                            .addApiResponse("429", refusal("Too many; see Retry-After"))));
  }

  private static ApiResponse refusal(String description) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    "application/problem+json",
                    new MediaType()
                        .schema(new ObjectSchema().$ref("#/components/schemas/" + PROBLEM))));
  }
}
