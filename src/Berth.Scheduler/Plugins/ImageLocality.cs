using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Prefers nodes that have the pod's images, counting large images more and images that few nodes have less.</summary>
public sealed class ImageLocality : IScorePlugin
{
    // Below the first nothing is gained by waiting for a node that has the image, above the second all is: kube-scheduler's.
    private const long BytesMin = 23L << 20;
    private const long BytesMaxPerContainer = 1000L << 20;

    public string Name => nameof(ImageLocality);

    public int Weight => 1;

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var containers = pod.Pod.Spec.Containers.Count + pod.Pod.Spec.InitContainers.Count;
        var images = pod.Pod.Spec.Containers.Concat(pod.Pod.Spec.InitContainers).Select(c => Normalize(c.Image)).ToHashSet(StringComparer.Ordinal);
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in state.Nodes)
        {
            foreach (var name in state.Node(row).Status.Images.SelectMany(i => i.Names).Where(images.Contains).Distinct(StringComparer.Ordinal))
                holders[name] = holders.GetValueOrDefault(name) + 1;
        }

        if (holders.Count == 0)
            return;
        foreach (var row in nodes)
        {
            long bytes = 0;
            foreach (var image in state.Node(row).Status.Images)
            {
                if (image.Names.FirstOrDefault(images.Contains) is { } name)
                    bytes += (long)(image.SizeBytes * ((double)holders[name] / state.NodeCount));
            }

            var max = BytesMaxPerContainer * containers;
            scores[row] = IScorePlugin.ScoreMax * (Math.Clamp(bytes, BytesMin, max) - BytesMin) / (max - BytesMin);
        }
    }

    // Without a tag, an image is its "latest".
    private static string Normalize(string image) =>
        image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;
}
