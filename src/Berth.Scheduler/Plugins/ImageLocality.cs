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
        var spec = pod.Pod.Spec;
        var containers = spec.Containers.Count + spec.InitContainers.Count;
        var images = spec.InitContainers.Select(c => c.Image)
            .Concat(spec.Containers.Select(c => c.Image))
            .Concat(spec.Volumes.Where(v => v.Image is not null).Select(v => v.Image!.Reference));
        foreach (var image in images)
        {
            // An image that two containers share counts twice.
            var holders = state.Images.Holders(Normalize(image));
            foreach (var (row, size) in holders)
            {
                if (nodes.Contains(row))
                    scores[row] += (long)(size * ((double)holders.Count / state.NodeCount));
            }
        }

        var max = BytesMaxPerContainer * containers;
        foreach (var row in nodes)
            scores[row] = IScorePlugin.ScoreMax * (Math.Clamp(scores[row], BytesMin, max) - BytesMin) / (max - BytesMin);
    }

    // Without a tag, an image is its "latest".
    private static string Normalize(string image) =>
        image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;
}
