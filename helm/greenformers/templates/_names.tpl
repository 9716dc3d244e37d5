{{- define "greenformers.name" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change. dict: root, component */}}
{{- define "greenformers.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* dict: root, component */}}
{{- define "greenformers.labels" -}}
{{ include "greenformers.selector" . }}
app.kubernetes.io/part-of: greenformers
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* dict: root, image (service, worker-cpu, worker-gpu) */}}
{{- define "greenformers.image" -}}
{{- $digest := get .root.Values.image.digests .image -}}
{{- $name := printf "%s/%s" .root.Values.image.registry .image -}}
{{- if $digest -}}
{{- printf "%s@%s" $name $digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .root.Chart.AppVersion .root.Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "greenformers.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "greenformers.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The tasks of the queue that a pool of workers works on: without GPU workers, CPU workers do all. */}}
{{- define "greenformers.tasks" -}}
{{- if and (eq .pool "cpu") (not .root.Values.workers.gpu.enabled) -}}
'stage-cpu', 'stage-gpu'
{{- else -}}
'stage-{{ .pool }}'
{{- end -}}
{{- end -}}
