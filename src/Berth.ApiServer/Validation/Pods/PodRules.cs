using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of pods as wholes, on create and on each kind of update.</summary>
public static class PodRules
{
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    private const string Mutable =
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Validate(FieldErrors errors, Pod pod)
    {
        Annotations(errors, FieldPath.Metadata["annotations"], pod.Metadata.Annotations, pod.Spec);
        PodSpecRules.Validate(errors, FieldPath.Spec, pod.Spec, pod.Metadata);
        if (pod.Spec.ServiceAccountName.Length == 0)
        {
            for (var i = 0; i < pod.Spec.Volumes.Count; i++)
            {
                var sources = pod.Spec.Volumes[i].Projected?.Sources ?? [];
                for (var j = 0; j < sources.Count; j++)
                {
                    if (sources[j].ServiceAccountToken is not null)
                        errors.Forbidden(FieldPath.Spec["volumes"][i]["projected"]["sources"][j]["serviceAccountToken"], "must not be specified when serviceAccountName is not set");
                }
            }
        }

        for (var i = 0; i < pod.Spec.Containers.Count; i++)
            ContainerRules.Image(errors, FieldPath.Spec["containers"][i], pod.Spec.Containers[i].Image);
        for (var i = 0; i < pod.Spec.InitContainers.Count; i++)
            ContainerRules.Image(errors, FieldPath.Spec["initContainers"][i], pod.Spec.InitContainers[i].Image);
    }

    public static void ValidateCreate(FieldErrors errors, Pod pod)
    {
        if (!pod.Spec.EphemeralContainers.IsEmpty)
            errors.Forbidden(FieldPath.Spec["ephemeralContainers"], "cannot be set on create");
        if (pod.Spec.NodeName.Length > 0 && !pod.Spec.SchedulingGates.IsEmpty)
            errors.Forbidden(FieldPath.Spec["nodeName"], "cannot be set until all schedulingGates have been cleared");
    }

    public static void ValidateUpdate(FieldErrors errors, Pod pod, Pod old)
    {
        var (spec, before) = (pod.Spec, old.Spec);
        MirrorUnchanged(errors, pod, old);
        if (!SameContainers(errors, FieldPath.Spec["containers"], spec.Containers, before.Containers)
            || !SameContainers(errors, FieldPath.Spec["initContainers"], spec.InitContainers, before.InitContainers))
            return;
        Deadline(errors, FieldPath.Spec["activeDeadlineSeconds"], spec.ActiveDeadlineSeconds, before.ActiveDeadlineSeconds);
        AddedTolerations(errors, FieldPath.Spec["tolerations"], spec.Tolerations, before.Tolerations);
        for (var i = 0; i < spec.SchedulingGates.Count; i++)
        {
            if (before.SchedulingGates.All(g => g.Name != spec.SchedulingGates[i].Name))
                errors.Forbidden(FieldPath.Spec["schedulingGates"][i]["name"], $"only deletion is allowed, but found new scheduling gate '{spec.SchedulingGates[i].Name}'");
        }

        if (spec == before)
            return;
        var rest = spec with
        {
            Containers = WithImagesOf(spec.Containers, before.Containers),
            InitContainers = WithImagesOf(spec.InitContainers, before.InitContainers),
            ActiveDeadlineSeconds = before.ActiveDeadlineSeconds,
            Tolerations = before.Tolerations,
            SchedulingGates = before.SchedulingGates,
        };
        if (before.TerminationGracePeriodSeconds < 0 && spec.TerminationGracePeriodSeconds == 1)
            rest = rest with { TerminationGracePeriodSeconds = before.TerminationGracePeriodSeconds };
        if (!before.SchedulingGates.IsEmpty)
            rest = Gated(errors, rest, before);
        if (rest != before)
            errors.Forbidden(FieldPath.Spec, $"pod updates may not change fields other than {Mutable}{SpecDifference.Describe(before, rest)}");
    }

    public static void ValidateStatusUpdate(FieldErrors errors, Pod pod, Pod old)
    {
        var status = FieldPath.Root["status"];
        if (pod.Spec.NodeName != old.Spec.NodeName)
            errors.Forbidden(status["nodeName"], "may not be changed directly");
        // Decided once, from the spec that the pod was made with.
        if (old.Status.QosClass.Length > 0)
            BasicRules.Unchanged(errors, status["qosClass"], pod.Status.QosClass, old.Status.QosClass);
        if (pod.Status.NominatedNodeName.Length > 0)
            errors.Invalid(status["nominatedNodeName"], pod.Status.NominatedNodeName, NameSyntax.DnsSubdomain(pod.Status.NominatedNodeName));
        Addresses(errors, status["podIPs"], pod.Status.PodIPs.Select(p => p.Ip).ToList(), old.Status.PodIPs.Select(p => p.Ip));
        Addresses(errors, status["hostIPs"], pod.Status.HostIPs.Select(p => p.Ip).ToList(), old.Status.HostIPs.Select(p => p.Ip));
        if (!pod.Status.HostIPs.IsEmpty && pod.Status.HostIP != pod.Status.HostIPs[0].Ip)
            errors.Invalid(status["hostIPs"][0]["ip"], pod.Status.HostIPs[0].Ip, "must be equal to `hostIP`");
        EndedStaysEnded(errors, status["containerStatuses"], pod.Status.ContainerStatuses, old.Status.ContainerStatuses, pod.Spec, pod.Spec.Containers);
        EndedStaysEnded(errors, status["initContainerStatuses"], pod.Status.InitContainerStatuses, old.Status.InitContainerStatuses, pod.Spec, pod.Spec.InitContainers);
    }

    public static void Annotations(FieldErrors errors, FieldPath path, ApiMap<string> annotations, PodSpec spec)
    {
        if (annotations.TryGetValue(MirrorAnnotation, out var mirror) && spec.NodeName.Length == 0)
            errors.Invalid(path.Key(MirrorAnnotation), mirror, "must set spec.nodeName if mirror pod annotation is set");
        if (annotations.TryGetValue(DeletionCost, out var cost)
            && !int.TryParse(cost, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            errors.Invalid(path.Key(DeletionCost), cost, "must be a 32bit integer");
    }

    private static void MirrorUnchanged(FieldErrors errors, Pod pod, Pod old)
    {
        var had = old.Metadata.Annotations.TryGetValue(MirrorAnnotation, out var before);
        var has = pod.Metadata.Annotations.TryGetValue(MirrorAnnotation, out var now);
        var path = FieldPath.Metadata["annotations"].Key(MirrorAnnotation);
        if (had && now != before)
            errors.Forbidden(path, "may not remove or update mirror pod annotation");
        else if (has && !had)
            errors.Forbidden(path, "may not add mirror pod annotation");
    }

    private static bool SameContainers(FieldErrors errors, FieldPath path, ApiList<Container> containers, ApiList<Container> old)
    {
        if (containers.Count == old.Count)
            return true;
        errors.Forbidden(path, "pod updates may not add or remove containers");
        return false;
    }

    private static ApiList<Container> WithImagesOf(ApiList<Container> containers, ApiList<Container> old)
    {
        var i = 0;
        return containers.Map(c => c with { Image = old[i++].Image });
    }

    private static void Deadline(FieldErrors errors, FieldPath path, long? value, long? old)
    {
        if (value is null && old is not null)
            errors.Invalid(path, null, "must not update from a positive integer to nil value");
        else if (value is < 0 or > int.MaxValue)
            errors.Invalid(path, value, NameSyntax.Range(0, int.MaxValue));
        else if (value > old)
            errors.Invalid(path, value, "must be less than or equal to previous value");
    }

    private static void AddedTolerations(FieldErrors errors, FieldPath path, ApiList<Toleration> tolerations, ApiList<Toleration> old)
    {
        if (old.Any(o => !tolerations.Any(t => t with { TolerationSeconds = null } == o with { TolerationSeconds = null })))
            errors.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
    }

    // Before the gates are open nobody has placed the pod: what it asks of its place may still become stricter.
    private static PodSpec Gated(FieldErrors errors, PodSpec spec, PodSpec old)
    {
        if (!spec.NodeSelector.Equals(old.NodeSelector))
        {
            if (old.NodeSelector.Any(e => spec.NodeSelector.GetOr(e.Key) != e.Value))
                errors.Invalid(FieldPath.Spec["nodeSelector"], spec.NodeSelector, "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
            spec = spec with { NodeSelector = old.NodeSelector };
        }

        if (spec.Affinity?.NodeAffinity == old.Affinity?.NodeAffinity)
            return spec;
        StricterAffinity(errors, spec.Affinity?.NodeAffinity, old.Affinity?.NodeAffinity);
        var affinity = (spec.Affinity ?? Affinity.Empty) with { NodeAffinity = old.Affinity?.NodeAffinity };
        return spec with { Affinity = old.Affinity is null && affinity == Affinity.Empty ? null : affinity };
    }

    private static void StricterAffinity(FieldErrors errors, NodeAffinity? affinity, NodeAffinity? old)
    {
        var terms = affinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [];
        var before = old?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [];
        var path = FieldPath.Spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
        if (before.IsEmpty)
            return;
        if (terms.Count != before.Count)
        {
            errors.Invalid(path, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }

        for (var i = 0; i < terms.Count; i++)
        {
            var empty = before[i].MatchExpressions.IsEmpty && before[i].MatchFields.IsEmpty;
            if ((empty && terms[i] != before[i])
                || !terms[i].MatchExpressions.Take(before[i].MatchExpressions.Count).SequenceEqual(before[i].MatchExpressions)
                || !terms[i].MatchFields.Take(before[i].MatchFields.Count).SequenceEqual(before[i].MatchFields))
                errors.Invalid(path[i], terms[i], "only additions are allowed (no mutations or deletions)");
        }
    }

    private static void Addresses(FieldErrors errors, FieldPath path, List<string> addresses, IEnumerable<string> old)
    {
        for (var i = 0; i < addresses.Count; i++)
            IpRules.Address(errors, path[i], addresses[i], old);
        if (addresses.Count > 1 && !IpRules.IsDualStack(addresses))
            errors.Invalid(path, addresses, "may specify no more than one IP for each IP family");
    }

    // A container that ended for good never runs again: whoever reported it must not have its word taken back.
    private static void EndedStaysEnded(
        FieldErrors errors, FieldPath path, ApiList<ContainerStatus> statuses, ApiList<ContainerStatus> old, PodSpec spec, ApiList<Container> containers)
    {
        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].State.Terminated is not { } ended
                || statuses.FirstOrDefault(s => s.Name == old[i].Name) is not { } now || now.State.Terminated is not null)
                continue;
            var container = containers.FirstOrDefault(c => c.Name == old[i].Name);
            if (container is null || !Restarts(container, spec, ended.ExitCode))
                errors.Forbidden(path[i]["state"], "may not be transitioned to non-terminated state");
        }
    }

    private static bool Restarts(Container container, PodSpec spec, int exitCode)
    {
        foreach (var rule in container.RestartPolicyRules)
        {
            if (rule.ExitCodes is { } codes && codes.Values.Contains(exitCode) == (codes.Operator == "In"))
                return true;
        }

        return (container.RestartPolicy ?? spec.RestartPolicy) switch
        {
            "Always" => true,
            "OnFailure" => exitCode != 0,
            _ => false,
        };
    }
}
