using Berth.Api.Core.V1;

namespace Berth.Scheduler.Explain;

/// <summary>One way in which a pod could ask for less.</summary>
internal sealed record PodChange(string Text, double Cost, Func<Pod, Pod> Apply);
