using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.Resources.Demand;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>
/// What the <c>resize</c> subresource may change: cpu and memory that are asked for, never so that the pod's quality of
/// service becomes another.
/// </summary>
public static class PodResizeRules
{
    private const string OnlyCpuAndMemory = "only cpu and memory resources are mutable";

    /// <summary>True when the containers are the same ones in the same order.</summary>
    public static bool SameContainers(FieldErrors errors, Pod asked, Pod old)
    {
        // Both lists are looked at, so that one answer tells everything.
        var containers = Same(errors, "containers", asked.Spec.Containers, old.Spec.Containers);
        return Same(errors, "initContainers", asked.Spec.InitContainers, old.Spec.InitContainers) && containers;
    }

    /// <param name="pod">The pod as it was with the resources that it should have, absent ones filled in.</param>
    public static void Validate(FieldErrors errors, Pod pod, Pod old)
    {
        if (old.Metadata.Annotations.ContainsKey(PodRules.MirrorAnnotation))
        {
            errors.Forbidden("", "static pods cannot be resized");
            return;
        }

        if (old.Spec.Os?.Name == "windows")
        {
            errors.Forbidden("", "windows pods cannot be resized");
            return;
        }

        var before = old.Status.QosClass.Length > 0 ? old.Status.QosClass : PodResources.QosClass(old.Spec);
        if (PodResources.QosClass(pod.Spec) != before)
            errors.Invalid(FieldPath.Spec, before, "Pod QOS Class may not change as a result of resizing");
        if (old.Spec.Resources is { } own)
            PodLevel(errors, pod.Spec.Resources, own);
        for (var i = 0; i < old.Spec.InitContainers.Count; i++)
        {
            var path = FieldPath.Spec["initContainers"][i];
            var (now, then) = (pod.Spec.InitContainers[i], old.Spec.InitContainers[i]);
            NothingRemoved(errors, path["resources"], now.Resources, then.Resources, "resource");
            if (OtherThanCpuAndMemory(now, then))
                errors.Forbidden(path, "only cpu and memory resources for init or sidecar containers are mutable");
        }

        for (var i = 0; i < old.Spec.Containers.Count; i++)
        {
            var (now, then) = (pod.Spec.Containers[i], old.Spec.Containers[i]);
            NothingRemoved(errors, FieldPath.Spec["containers"][i]["resources"], now.Resources, then.Resources, "resource");
            if (OtherThanCpuAndMemory(now, then))
                errors.Forbidden(FieldPath.Spec, OnlyCpuAndMemory);
        }
    }

    private static bool Same(FieldErrors errors, string field, ApiList<Container> asked, ApiList<Container> old)
    {
        var path = FieldPath.Spec[field];
        if (asked.Count != old.Count)
        {
            errors.Forbidden(path, $"{field} may not be added or removed on resize");
            return false;
        }

        var same = true;
        for (var i = 0; i < old.Count; i++)
        {
            if (asked[i].Name == old[i].Name)
                continue;
            errors.Forbidden(path[i]["name"], $"{field} may not be renamed or reordered on resize");
            same = false;
        }

        return same;
    }

    private static void PodLevel(FieldErrors errors, ResourceRequirements? now, ResourceRequirements old)
    {
        var path = FieldPath.Spec["resources"];
        if (now is null)
        {
            errors.Forbidden(path, "pod-level resources cannot be removed");
            return;
        }

        NothingRemoved(errors, path, now, old, "pod-level resource");
        if (OtherThanCpuAndMemory(now, old))
            errors.Forbidden(FieldPath.Spec, $"{OnlyCpuAndMemory} at pod-level");
    }

    private static void NothingRemoved(FieldErrors errors, FieldPath path, ResourceRequirements now, ResourceRequirements old, string what)
    {
        if (old.Requests.Any(r => !now.Requests.ContainsKey(r.Key)))
            errors.Forbidden(path["requests"], $"{what} requests cannot be removed");
        if (old.Limits.Any(r => !now.Limits.ContainsKey(r.Key)))
            errors.Forbidden(path["limits"], $"{what} limits cannot be removed");
    }

    private static bool OtherThanCpuAndMemory(Container now, Container old) =>
        OtherThanCpuAndMemory(now.Resources, old.Resources) || !now.ResizePolicy.Equals(old.ResizePolicy);

    private static bool OtherThanCpuAndMemory(ResourceRequirements now, ResourceRequirements old) =>
        Differ(now.Requests, old.Requests) || Differ(now.Limits, old.Limits);

    private static bool Differ(ApiMap<Quantity> now, ApiMap<Quantity> old) =>
        now.Concat(old).Any(r => r.Key is not ("cpu" or "memory")
            && !(now.TryGetValue(r.Key, out var a) && old.TryGetValue(r.Key, out var b) && a == b));
}
