using Berth.Api;

namespace Berth.ApiServer.Registry;

/// <summary>What is particular to a kind when it is deleted.</summary>
public class DeletionRules<T>
    where T : class, IApiObject<T>
{
    public static DeletionRules<T> Ordinary { get; } = new();

    /// <summary>The answer to a delete is the object itself, not a Status, also when it is gone.</summary>
    public bool ReturnsObject { get; init; }

    /// <summary>Dependents stay when the request does not say what becomes of them.</summary>
    public bool OrphansByDefault { get; init; }

    /// <summary>True while something outside <c>metadata.finalizers</c> holds the object.</summary>
    public virtual bool IsHeld(T value) => false;

    /// <summary>Why another delete of an object that is held changes nothing; null: it is simply answered with the object.</summary>
    public virtual string? StillHeld => null;

    /// <summary>The object with what the kind itself writes down when its deletion begins.</summary>
    public virtual T MarkDeleting(T value) => value;
}
