using Berth.Api;

namespace Berth.Client;

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>No change: only the resourceVersion up to which all changes have been sent.</summary>
    Bookmark,
}

/// <summary>One change of one object.</summary>
public sealed record WatchEvent<T>(WatchEventType Type, T Object)
    where T : class, IApiObject<T>;
