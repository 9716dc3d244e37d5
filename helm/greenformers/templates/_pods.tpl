{{/* The parts that all pods have in common. */}}

{{- define "greenformers.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "greenformers.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* dict: root, placement (nodeSelector, tolerations, affinity, priorityClassName) */}}
{{- define "greenformers.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
serviceAccountName: {{ include "greenformers.serviceAccount" .root }}
securityContext: {{- include "greenformers.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .placement.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .placement.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .placement.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .placement.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .placement.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The probes ask the service's own health; a pod whose database is away is alive, but not ready. */}}
{{- define "greenformers.probes" -}}
startupProbe:
  httpGet: {path: /actuator/health/liveness, port: http}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /actuator/health/liveness, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /actuator/health/readiness, port: http}
  periodSeconds: 10
  timeoutSeconds: 10
  failureThreshold: 3
{{- end -}}

{{/* The database, for everything that opens it. dict: root */}}
{{- define "greenformers.databaseEnv" -}}
{{- $db := .root.Values.database -}}
- name: SPRING_DATASOURCE_URL
  # certificates are checked against what the JVM trusts, not against a file in a home directory
  value: {{ printf "jdbc:postgresql://%s:%d/%s?sslmode=%s%s" $db.host (int $db.port) $db.name $db.sslMode (ternary "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory" "" (hasPrefix "verify-" $db.sslMode)) | quote }}
- name: SPRING_DATASOURCE_USERNAME
  valueFrom: {secretKeyRef: {name: {{ $db.existingSecret }}, key: username}}
- name: SPRING_DATASOURCE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $db.existingSecret }}, key: password}}
{{- end -}}

{{- define "greenformers.storeEnv" -}}
{{- $store := .root.Values.store -}}
- {name: GREENFORMERS_STORE_S3_BUCKET, value: {{ $store.bucket | quote }}}
- {name: GREENFORMERS_STORE_S3_REGION, value: {{ $store.region | quote }}}
- {name: GREENFORMERS_STORE_S3_LOCALCOPIES, value: {{ $store.localCopies | quote }}}
{{- with $store.prefix }}
- {name: GREENFORMERS_STORE_S3_PREFIX, value: {{ . | quote }}}
{{- end }}
{{- with $store.endpoint }}
- {name: GREENFORMERS_STORE_S3_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- with $store.encryption }}
- {name: GREENFORMERS_STORE_S3_ENCRYPTION, value: {{ . | quote }}}
{{- end }}
{{- with $store.kmsKey }}
- {name: GREENFORMERS_STORE_S3_KMSKEY, value: {{ . | quote }}}
{{- end }}
{{- with $store.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ . }}, key: access-key-id}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: secret-access-key}}
{{- end }}
{{- end -}}

{{/* What every process of a shared service is told. The migration job has migrated before. dict: root, process */}}
{{- define "greenformers.sharedEnv" -}}
{{ include "greenformers.processEnv" . }}
- {name: SERVER_ADDRESS, value: 0.0.0.0}
- {name: GREENFORMERS_ACCESS_LOGIN, value: "true"}
- {name: SPRING_FLYWAY_ENABLED, value: "false"}
{{ include "greenformers.databaseEnv" . }}
{{ include "greenformers.storeEnv" . }}
{{- with .root.Values.traces }}
{{- if .endpoint }}
- {name: GREENFORMERS_TRACES_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: GREENFORMERS_TRACES_SAMPLING, value: {{ .sampling | quote }}}
{{- end }}
{{- end }}
{{- with .root.Values.access }}
{{- if .issuer }}
- {name: GREENFORMERS_ACCESS_ISSUER, value: {{ .issuer | quote }}}
- {name: GREENFORMERS_ACCESS_AUDIENCE, value: {{ .audience | quote }}}
- {name: GREENFORMERS_ACCESS_TENANTCLAIM, value: {{ .tenantClaim | quote }}}
{{- end }}
{{- end }}
{{- end -}}

{{/* dict: root, heap, engineHeap, parallelStages */}}
{{- define "greenformers.processEnv" -}}
- {name: JDK_JAVA_OPTIONS, value: {{ include "greenformers.javaOptions" (dict "root" .root "heap" .process.heap) | quote }}}
- {name: GREENFORMERS_DATA, value: /var/lib/greenformers}
- {name: GREENFORMERS_ENGINE_HEAP, value: {{ .process.engineHeap | quote }}}
- {name: GREENFORMERS_ENGINE_ISOLATION, value: {{ .root.Values.engineIsolation | quote }}}
- {name: GREENFORMERS_PARALLELSTAGES, value: {{ .process.parallelStages | quote }}}
- {name: GREENFORMERS_LIMITS_UPLOAD, value: {{ .root.Values.limits.upload | quote }}}
- {name: GREENFORMERS_LIMITS_COMPRESSION, value: {{ .root.Values.limits.compression | quote }}}
- {name: LOGGING_STRUCTURED_FORMAT_CONSOLE, value: ecs}
- {name: MANAGEMENT_METRICS_SYSTEM_DISKSPACE_PATHS, value: /var/lib/greenformers}
# natives and class archives that children start from
- {name: XDG_CACHE_HOME, value: /tmp/cache}
{{- with .root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Of the service itself; its children have options of their own. dict: root, heap */}}
{{- define "greenformers.javaOptions" -}}
-Xmx{{ .heap }}
{{- if .root.Values.trustStore.existingSecret }} -Djavax.net.ssl.trustStore=/etc/greenformers/trust/truststore.p12 -Djavax.net.ssl.trustStorePassword=changeit{{ end }}
{{- end -}}

{{- define "greenformers.trustMount" -}}
{{- if .Values.trustStore.existingSecret -}}
- {name: trust, mountPath: /etc/greenformers/trust, readOnly: true}
{{- end -}}
{{- end -}}

{{- define "greenformers.trustVolume" -}}
{{- with .Values.trustStore.existingSecret -}}
- name: trust
  secret: {secretName: {{ . }}}
{{- end -}}
{{- end -}}

{{/* A volume that goes with its pod. dict: name, size, storageClass */}}
{{- define "greenformers.scratch" -}}
- name: {{ .name }}
  {{- if .storageClass }}
  ephemeral:
    volumeClaimTemplate:
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: {{ .storageClass }}
        resources: {requests: {storage: {{ .size }}}}
  {{- else }}
  emptyDir: {sizeLimit: {{ .size }}}
  {{- end }}
{{- end -}}

{{- define "greenformers.scratchVolumes" -}}
{{ include "greenformers.scratch" (dict "name" "data" "size" .data "storageClass" .storageClass) }}
{{ include "greenformers.scratch" (dict "name" "tmp" "size" .tmp "storageClass" .storageClass) }}
{{- end -}}
