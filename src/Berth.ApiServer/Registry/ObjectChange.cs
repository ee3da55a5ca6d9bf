using Berth.Api;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Registry;

/// <summary>Which of the kind's rules a change is held to.</summary>
public enum ChangeRules
{
    /// <summary>A write of the object itself.</summary>
    Main,

    /// <summary>A write of the status subresource.</summary>
    Status,

    /// <summary>A subresource that has prepared the object itself; the result is validated.</summary>
    Validated,

    /// <summary>A subresource that can only do what it is for, so that nothing is left to check.</summary>
    Trusted,
}

/// <summary>A change to one object, applied again whenever somebody else was faster.</summary>
/// <param name="Apply">From the object as it is to the object as it should be. Refuses by throwing.</param>
public sealed record ObjectChange<T>(Func<T, ValueTask<T>> Apply)
    where T : class, IApiObject<T>
{
    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    public ChangeRules Rules { get; init; } = ChangeRules.Main;

    /// <summary>
    /// True when the result's resourceVersion is the client's word on which version it changes; false when the change is
    /// one to whatever version there is.
    /// </summary>
    public bool ChecksVersion { get; init; } = true;

    /// <summary>The change has written managedFields itself (server-side apply).</summary>
    public bool OwnsManagedFields { get; init; }

    /// <summary>What to create when there is no such object; null: that is NotFound.</summary>
    public Func<ValueTask<T>>? Create { get; init; }
}

/// <param name="IsNew">The object was created.</param>
public sealed record UpdateResult(CachedObject Object, bool IsNew)
{
    /// <summary>The change took the last finalizer of a deleted object away, so the object is no more.</summary>
    public bool IsGone { get; init; }
}
