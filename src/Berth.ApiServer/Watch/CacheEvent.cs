using Berth.Store;

namespace Berth.ApiServer.Watch;

public enum CacheEventType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change of one object.</summary>
/// <param name="Object">The new version; for a delete the last one, under the revision of the delete.</param>
/// <param name="Previous">Null when the object is new.</param>
public sealed record CacheEvent(CacheEventType Type, CachedObject Object, CachedObject? Previous, Revision Revision);
