using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>Says by its presence that a custom resource has a <c>status</c> subresource. It has no fields.</summary>
public sealed record CustomResourceSubresourceStatus : IMessage<CustomResourceSubresourceStatus>
{
    public static CustomResourceSubresourceStatus Empty { get; } = new();

    public static MessageSchema Schema { get; } =
        new("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus", static () => []);

    public static CustomResourceSubresourceStatus ReadJson(ref JsonInput input)
    {
        if (input.BeginObject())
        {
            while (input.NextField())
                input.UnknownField();
        }

        return Empty;
    }

    public static CustomResourceSubresourceStatus ReadProto(ref ProtoReader reader)
    {
        while (reader.NextField())
            reader.Skip();
        return Empty;
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }

    public void WriteProto(ref ProtoWriter writer)
    {
    }
}
