using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Api;

/// <summary>An API value that travels as a JSON object and as a protobuf message.</summary>
public interface IMessage
{
    void WriteJson(Utf8JsonWriter writer);

    /// <summary>Prepends the message's fields; see <see cref="ProtoWriter"/>.</summary>
    void WriteProto(ref ProtoWriter writer);
}

/// <inheritdoc cref="IMessage"/>
public interface IMessage<TSelf> : IMessage
    where TSelf : IMessage<TSelf>
{
    static abstract MessageSchema Schema { get; }

    /// <summary>Reads the object that starts at the input's current token; JSON null gives the empty message.</summary>
    /// <exception cref="JsonFormatException">A value has the wrong type.</exception>
    static abstract TSelf ReadJson(ref JsonInput input);

    /// <summary>Reads until the reader's end.</summary>
    /// <exception cref="ProtoFormatException">The bytes are not a protobuf message of this type.</exception>
    static abstract TSelf ReadProto(ref ProtoReader reader);
}
