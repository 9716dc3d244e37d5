{{/* Egress that every pod of a shared service needs: names, the database, the store. */}}
{{- define "greenformers.egress" -}}
- to:
    - namespaceSelector: {}
      podSelector: {matchLabels: {k8s-app: kube-dns}}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
- ports:
    - {protocol: TCP, port: {{ .Values.database.port }}}
  {{- with .Values.networkPolicy.database }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
- ports:
    - {protocol: TCP, port: {{ include "greenformers.storePort" . }}}
  {{- with .Values.networkPolicy.store }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* What processes that answer or work are traced to, where they are. */}}
{{- define "greenformers.collectorEgress" -}}
{{- if .Values.traces.endpoint -}}
- ports:
    - {protocol: TCP, port: {{ include "greenformers.collectorPort" . }}}
  {{- with .Values.networkPolicy.collector }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "greenformers.collectorPort" -}}
{{- $url := urlParse .Values.traces.endpoint -}}
{{- if regexMatch ":[0-9]+$" $url.host -}}
{{- regexFind "[0-9]+$" $url.host -}}
{{- else -}}
{{- ternary 443 80 (eq $url.scheme "https") -}}
{{- end -}}
{{- end -}}

{{- define "greenformers.storePort" -}}
{{- $host := get (urlParse .Values.store.endpoint) "host" -}}
{{- if regexMatch ":[0-9]+$" $host -}}
{{- regexFind "[0-9]+$" $host -}}
{{- else -}}
{{- .Values.networkPolicy.storePort -}}
{{- end -}}
{{- end -}}
