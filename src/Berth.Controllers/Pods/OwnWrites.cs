using System.Globalization;
using Berth.Api;

namespace Berth.Controllers.Pods;

/// <summary>
/// What a controller wrote to objects that it owns, until its cache shows it. A controller that decides from sums over
/// several objects must not count before: it would miss its own last step.
/// </summary>
/// <remarks>
/// Thread-safe. Compares resourceVersions as numbers, which Kubernetes allows within one resource. A write that is not seen
/// within <see cref="PodExpectations.Lifetime"/> is forgotten: the object may have been deleted at once.
/// </remarks>
public sealed class OwnWrites(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Dictionary<string, Write>> _writes = [];

    public void Wrote(ObjectKey owner, IApiObject result)
    {
        if (!TryVersion(result, out var version))
            return;
        lock (_gate)
        {
            if (!_writes.TryGetValue(owner, out var written))
                _writes.Add(owner, written = new(StringComparer.Ordinal));
            written[result.Metadata.Name] = new(version, time.GetUtcNow());
        }
    }

    /// <param name="cached">The object of a name as the cache has it; null when it has none.</param>
    public bool AreSeen(ObjectKey owner, Func<string, IApiObject?> cached)
    {
        lock (_gate)
        {
            if (!_writes.TryGetValue(owner, out var written))
                return true;
            foreach (var (name, write) in written.ToList())
            {
                var seen = cached(name) is { } value && TryVersion(value, out var version) && version >= write.Version;
                if (seen || time.GetUtcNow() - write.Since > PodExpectations.Lifetime)
                    written.Remove(name);
            }

            if (written.Count > 0)
                return false;
            _writes.Remove(owner);
            return true;
        }
    }

    public void Forget(ObjectKey owner)
    {
        lock (_gate)
            _writes.Remove(owner);
    }

    private static bool TryVersion(IApiObject value, out ulong version) =>
        ulong.TryParse(value.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out version);

    private readonly record struct Write(ulong Version, DateTimeOffset Since);
}
