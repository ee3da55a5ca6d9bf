using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

public enum ContainerRole
{
    /// <summary>Runs to its end before the next one.</summary>
    Init,

    /// <summary>An init container with restartPolicy Always: the next one follows once it has started; it runs as long as the pod.</summary>
    Sidecar,

    Main,

    /// <summary>Added to a running pod for debugging; never restarted.</summary>
    Ephemeral,
}

/// <summary>A container of a pod with what its place in the pod makes of it.</summary>
/// <param name="Target">Container whose process namespace an ephemeral container joins; empty for none.</param>
/// <param name="Place">Where events point instead of at the container; null for the container.</param>
public sealed record PodContainer(Container Spec, ContainerRole Role, string Target = "", string? Place = null)
{
    public string Name => Spec.Name;

    /// <summary>Where events point.</summary>
    public string FieldPath => Place ?? Role switch
    {
        ContainerRole.Main => $"spec.containers{{{Name}}}",
        ContainerRole.Ephemeral => $"spec.ephemeralContainers{{{Name}}}",
        _ => $"spec.initContainers{{{Name}}}",
    };

    /// <summary>Changes when a running container no longer is what its description says. Name and image are all that can be changed in place.</summary>
    public string Hash
    {
        get
        {
            // FNV-1a: stable across processes and versions, unlike string.GetHashCode.
            var hash = 2166136261u;
            foreach (var c in $"{Name}\n{Spec.Image}") hash = (hash ^ c) * 16777619u;
            return hash.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    public static IReadOnlyList<PodContainer> Inits(Pod pod) =>
        [.. pod.Spec.InitContainers.Select(c => new PodContainer(c, c.RestartPolicy == "Always" ? ContainerRole.Sidecar : ContainerRole.Init))];

    public static IReadOnlyList<PodContainer> Mains(Pod pod) => [.. pod.Spec.Containers.Select(c => new PodContainer(c, ContainerRole.Main))];

    public static IReadOnlyList<PodContainer> Ephemerals(Pod pod) => [.. pod.Spec.EphemeralContainers.Select(OfEphemeral)];

    public static IEnumerable<PodContainer> All(Pod pod) => [.. Inits(pod), .. Mains(pod), .. Ephemerals(pod)];

    public static PodContainer? Find(Pod pod, string name) => All(pod).FirstOrDefault(c => c.Name == name);

    private static PodContainer OfEphemeral(EphemeralContainer e) => new(
        new Container
        {
            Name = e.Name,
            Image = e.Image,
            Command = e.Command,
            Args = e.Args,
            WorkingDir = e.WorkingDir,
            Env = e.Env,
            EnvFrom = e.EnvFrom,
            VolumeMounts = e.VolumeMounts,
            VolumeDevices = e.VolumeDevices,
            TerminationMessagePath = e.TerminationMessagePath,
            TerminationMessagePolicy = e.TerminationMessagePolicy,
            ImagePullPolicy = e.ImagePullPolicy,
            SecurityContext = e.SecurityContext,
            Stdin = e.Stdin,
            StdinOnce = e.StdinOnce,
            Tty = e.Tty,
            Resources = e.Resources,
        },
        ContainerRole.Ephemeral,
        e.TargetContainerName);
}
