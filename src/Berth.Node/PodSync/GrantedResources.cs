using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.Node.PodSync;

/// <summary>
/// What the node has agreed to give a pod, by container: until a resize is agreed to, something else than what its
/// description asks for. Kept in a file once it ever differed, as part of a Pod, so that a restarted agent does not take what
/// is asked for as agreed.
/// </summary>
/// <param name="Pod">Of the pod as a whole; null where it asks for nothing as a whole.</param>
public sealed record GrantedResources(ApiMap<ResourceRequirements> Containers, ResourceRequirements? Pod)
{
    public static GrantedResources Of(Pod pod) => new(
        pod.Spec.InitContainers.Concat(pod.Spec.Containers).Select(c => KeyValuePair.Create(c.Name, c.Resources)).ToApiMap(), pod.Spec.Resources);

    /// <summary>For a pod that an earlier agent ran and that has no file: what it told last.</summary>
    public static GrantedResources OfStatus(Pod pod)
    {
        var status = pod.Status;
        // It knew this very description, and refused nothing of it.
        if (status.ObservedGeneration >= pod.Metadata.Generation && status.Conditions.All(c => c.Type != "PodResizePending")) return Of(pod);
        var told = status.InitContainerStatuses.Concat(status.ContainerStatuses).Where(s => s.Resources is not null).ToDictionary(s => s.Name, StringComparer.Ordinal);
        return new GrantedResources(
            pod.Spec.InitContainers.Concat(pod.Spec.Containers)
                .Select(c => KeyValuePair.Create(
                    c.Name,
                    told.TryGetValue(c.Name, out var s) ? c.Resources with { Requests = s.AllocatedResources, Limits = s.Resources!.Limits } : c.Resources))
                .ToApiMap(),
            status.Resources ?? pod.Spec.Resources);
    }

    /// <summary>The same object where it asks for just what is granted.</summary>
    public Pod ApplyTo(Pod pod)
    {
        if (Covers(pod)) return pod;
        return pod with
        {
            Spec = pod.Spec with
            {
                InitContainers = pod.Spec.InitContainers.Map(Apply),
                Containers = pod.Spec.Containers.Map(Apply),
                Resources = Pod,
            },
        };
    }

    public bool Covers(Pod pod) =>
        pod.Spec.Resources == Pod && pod.Spec.InitContainers.Concat(pod.Spec.Containers).All(c => !Containers.TryGetValue(c.Name, out var granted) || granted == c.Resources);

    /// <summary>Null where there is none, or none that can be read: the status is asked then.</summary>
    public static GrantedResources? Read(string path)
    {
        try
        {
            return File.Exists(path) ? Of(ApiJson.Deserialize<Pod>(File.ReadAllBytes(path))) : null;
        }
        catch (Exception error) when (error is IOException or System.Text.Json.JsonException or FormatException or InvalidDataException)
        {
            return null;
        }
    }

    public void Write(string path, Pod pod)
    {
        Container Part(Container c) => new() { Name = c.Name, Resources = Apply(c).Resources };
        var part = new Pod
        {
            Metadata = new ObjectMeta { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace, Uid = pod.Metadata.Uid, Generation = pod.Metadata.Generation },
            Spec = new PodSpec { InitContainers = pod.Spec.InitContainers.Map(Part), Containers = pod.Spec.Containers.Map(Part), Resources = Pod },
        };
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".new", ApiJson.Serialize(part));
        File.Move(path + ".new", path, overwrite: true);
    }

    private Container Apply(Container container) =>
        Containers.TryGetValue(container.Name, out var granted) && granted != container.Resources ? container with { Resources = granted } : container;
}
