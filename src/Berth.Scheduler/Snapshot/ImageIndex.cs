using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Scheduler.Snapshot;

/// <summary>Which nodes hold an image and how large it is there, by any of its names.</summary>
public sealed class ImageIndex
{
    private readonly Dictionary<string, Dictionary<int, long>> _byName = new(StringComparer.Ordinal);
    private ApiList<ContainerImage>?[] _images = [];

    /// <summary>Size in bytes by row; empty when no node has the image.</summary>
    public IReadOnlyDictionary<int, long> Holders(string image) =>
        _byName.GetValueOrDefault(image) ?? (IReadOnlyDictionary<int, long>)System.Collections.Immutable.ImmutableDictionary<int, long>.Empty;

    internal void Set(int row, ApiList<ContainerImage> images)
    {
        if (row >= _images.Length)
            Array.Resize(ref _images, Math.Max(64, (row + 1) * 2));
        if (images.Equals(_images[row]))
            return;
        Clear(row);
        _images[row] = images;
        foreach (var image in images)
        {
            foreach (var name in image.Names)
            {
                if (!_byName.TryGetValue(name, out var holders))
                    _byName.Add(name, holders = []);
                holders[row] = image.SizeBytes;
            }
        }
    }

    internal void Clear(int row)
    {
        if (row >= _images.Length || _images[row] is not { } images)
            return;
        _images[row] = null;
        foreach (var name in images.SelectMany(i => i.Names))
        {
            if (_byName.TryGetValue(name, out var holders) && holders.Remove(row) && holders.Count == 0)
                _byName.Remove(name);
        }
    }
}
