using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;

namespace Berth.Node.PodSync;

/// <summary>The part that gives running containers other resources, where their policy does not ask for a restart.</summary>
public sealed partial class PodWorker
{
    // What each running container was last given. After a restart of the agent the status tells it.
    private readonly Dictionary<string, ResourceRequirements> _given = new(StringComparer.Ordinal);

    private async Task ResizeAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        foreach (var running in observed.Running)
        {
            if (PodContainer.Find(pod, running.Name) is not { Role: ContainerRole.Main or ContainerRole.Sidecar } container) continue;
            var wanted = container.Spec.Resources;
            if (!_given.TryGetValue(running.Id, out var given))
                _given[running.Id] = given = pod.Status.ContainerStatuses.FirstOrDefault(s => s.ContainerID == running.QualifiedId)?.Resources ?? wanted;
            if (given == wanted || (given.Limits.Equals(wanted.Limits) && given.Requests.Equals(wanted.Requests))) continue;

            if (NeedsRestart(container.Spec, given, wanted))
            {
                _services.Events.Event(pod, "Normal", "Killing", $"Container {container.Name} resize requires restart", container.FieldPath);
                await StopContainerAsync(pod, container, running, TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30), ct);
                continue;
            }

            // A limit that grows must fit into the pod's first, one that shrinks must be lowered before the pod's.
            _services.Cgroups.Ensure(pod);
            await _services.Runtime.UpdateContainerResourcesAsync(running.Id, LinuxResources.OfContainer(pod, container.Spec, _services.MachineMemoryBytes), ct);
            _given[running.Id] = wanted;
            _services.Events.Event(pod, "Normal", "ResizeCompleted", $"Pod resize completed: container {container.Name}", container.FieldPath);
        }

        foreach (var gone in _given.Keys.Where(id => observed.Containers.All(c => c.Id != id)).ToList()) _given.Remove(gone);
    }

    private static bool NeedsRestart(Container container, ResourceRequirements given, ResourceRequirements wanted) =>
        container.ResizePolicy.Any(p => p.RestartPolicy == "RestartContainer"
            && (given.Limits.GetOr(p.ResourceName) != wanted.Limits.GetOr(p.ResourceName) || given.Requests.GetOr(p.ResourceName) != wanted.Requests.GetOr(p.ResourceName)));
}
