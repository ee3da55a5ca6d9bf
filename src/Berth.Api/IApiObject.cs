using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api;

/// <summary>An API object with kind and metadata, whatever its kind is. Immutable.</summary>
public interface IApiObject : IMessage
{
    KindInfo KindInfo { get; }

    /// <summary>Never null; <see cref="ObjectMeta.Empty"/> for kinds that carry none.</summary>
    ObjectMeta Metadata { get; }

    /// <summary>The same object with other metadata.</summary>
    IApiObject WithMetadata(ObjectMeta metadata);
}

/// <inheritdoc cref="IApiObject"/>
public interface IApiObject<TSelf> : IApiObject, IMessage<TSelf>
    where TSelf : IApiObject<TSelf>
{
    static abstract KindInfo Kind { get; }

    new TSelf WithMetadata(ObjectMeta metadata);
}
