using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.PodSecurity;

/// <summary>Holds the pods of a namespace to the Pod Security Standard that its labels name, and warns about templates that could not become pods.</summary>
public sealed class PodSecurityPlugin(IObjectReader objects) : IAdmissionPlugin
{
    public string Name => "PodSecurity";

    public async ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (attributes.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update) || attributes.Subresource is not ("" or "ephemeralcontainers"))
            return;
        if (value is Namespace ns)
        {
            CheckLabels(ns);
            return;
        }

        var (spec, isPod) = value switch
        {
            // Only what an update of a pod may change can turn it bad, and of that only its containers.
            Pod pod when old is not Pod before || !pod.Spec.EphemeralContainers.Equals(before.Spec.EphemeralContainers) => (pod.Spec, true),
            Deployment workload => (workload.Spec.Template.Spec, false),
            ReplicaSet workload => (workload.Spec.Template.Spec, false),
            StatefulSet workload => (workload.Spec.Template.Spec, false),
            DaemonSet workload => (workload.Spec.Template.Spec, false),
            Job workload => (workload.Spec.Template.Spec, false),
            CronJob workload => (workload.Spec.JobTemplate.Spec.Template.Spec, false),
            ReplicationController workload => (workload.Spec.Template?.Spec, false),
            PodTemplate template => (template.Template.Spec, false),
            _ => (null, false),
        };
        if (spec is null || await objects.GetAsync<Namespace>(null, attributes.Namespace, cancellation).ConfigureAwait(false) is not { } home)
            return;
        var labels = home.Metadata.Labels;
        if (attributes.Audit is { } trail)
        {
            if (isPod)
                trail.Annotate("pod-security.kubernetes.io/enforce-policy", PodSecurityPolicy.Of(labels, "enforce").ToString());
            var audit = PodSecurityPolicy.Of(labels, "audit");
            if (PodSecurityChecks.Violations(audit, spec) is { } found)
                trail.Annotate("pod-security.kubernetes.io/audit-violations", $"would violate PodSecurity \"{audit}\": {found}");
        }

        if (isPod && PodSecurityPolicy.Of(labels, "enforce") is var enforce && PodSecurityChecks.Violations(enforce, spec) is { } violations)
            throw ApiStatusException.Forbidden(Pod.Kind, attributes.Name, $"violates PodSecurity \"{enforce}\": {violations}");
        var warn = PodSecurityPolicy.Of(labels, "warn");
        if (PodSecurityChecks.Violations(warn, spec) is { } warnings)
            attributes.Warn($"would violate PodSecurity \"{warn}\": {warnings}");
    }

    private static void CheckLabels(Namespace value)
    {
        var errors = new FieldErrors();
        PodSecurityPolicy.ValidateLabels(errors, value.Metadata.Labels);
        if (!errors.IsEmpty)
            throw ApiStatusException.Invalid(Namespace.Kind, value.Metadata.Name, errors);
    }
}
