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

{{- define "greenformers.storePort" -}}
{{- $host := get (urlParse .Values.store.endpoint) "host" -}}
{{- if regexMatch ":[0-9]+$" $host -}}
{{- regexFind "[0-9]+$" $host -}}
{{- else -}}
{{- .Values.networkPolicy.storePort -}}
{{- end -}}
{{- end -}}
