using Berth.Api;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Registry;

/// <summary>
/// What is particular to one kind on its way through the registry. Called in this order: decode, <see cref="Default"/>,
/// Prepare, mutating admission, <see cref="Default"/> again, Validate, validating admission, store. All members are pure:
/// they see objects and give objects back.
/// </summary>
/// <remarks>
/// The registry itself handles what all kinds share: name generation, uid, timestamps, resourceVersion, generation,
/// deletion, finalizers, managed fields, metadata validation.
/// </remarks>
public class ResourceStrategy<T>
    where T : class, IApiObject<T>
{
    /// <summary>
    /// Values that <c>metadata.name</c> may have. Most kinds are DNS subdomains; some are DNS labels (namespaces, services),
    /// path segments (RBAC) or free.
    /// </summary>
    public virtual NameRule NameRule => NameRule.DnsSubdomain;

    /// <summary>True when PUT to a name that does not exist creates it.</summary>
    public virtual bool AllowsCreateOnUpdate => false;

    /// <summary>True when an update without resourceVersion is taken as it is.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>True when <c>metadata.generation</c> counts changes of the spec.</summary>
    public virtual bool HasGeneration => true;

    /// <summary>Grace in seconds that a delete gives when the request names none; null when the kind is deleted at once.</summary>
    public virtual long? GracePeriodSeconds(T value, long? asked) => null;

    /// <summary>Field selectors that this kind answers beside <c>metadata.name</c> and <c>metadata.namespace</c>.</summary>
    public virtual IReadOnlyDictionary<string, Func<T, string>> SelectableFields { get; } =
        new Dictionary<string, Func<T, string>>();

    /// <summary>Sets what absent fields are taken to be. Idempotent; also called on what patches and server-side apply make.</summary>
    public virtual T Default(T value) => value;

    /// <summary>Drops what clients may not set on create (status, ...).</summary>
    public virtual T PrepareForCreate(T value) => value;

    /// <summary>Keeps from <paramref name="old"/> what an update of the main resource may not change (status, ...).</summary>
    public virtual T PrepareForUpdate(T value, T old) => value;

    /// <summary>Keeps from <paramref name="old"/> all that an update of the status may not change (spec, most metadata).</summary>
    public virtual T PrepareForStatusUpdate(T value, T old) => value;

    /// <summary>True when a change from <paramref name="old"/> counts as a new generation; by default any change outside metadata and status.</summary>
    public virtual bool ChangesGeneration(T value, T old) => false;

    public virtual void Validate(T value, FieldErrors errors)
    {
    }

    /// <summary>Called behind <see cref="Validate"/> for new objects.</summary>
    public virtual void ValidateCreate(T value, FieldErrors errors)
    {
    }

    /// <summary>Called beside <see cref="Validate"/> for updates: what may not change.</summary>
    public virtual void ValidateUpdate(T value, T old, FieldErrors errors)
    {
    }

    public virtual void ValidateStatusUpdate(T value, T old, FieldErrors errors)
    {
    }

    /// <summary>Warnings that the client is shown (HTTP <c>Warning</c> headers): deprecated or suspicious fields.</summary>
    public virtual IEnumerable<string> Warnings(T value, T? old) => [];
}
