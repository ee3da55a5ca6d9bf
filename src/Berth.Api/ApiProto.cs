using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>
/// API values to and from <c>application/vnd.kubernetes.protobuf</c>: the magic bytes <c>k8s\0</c>, then an envelope with
/// apiVersion, kind and the message.
/// </summary>
public static class ApiProto
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static byte[] Serialize<T>(T value)
        where T : IApiObject => Serialize(value.KindInfo.ApiVersion, value.KindInfo.Kind, value);

    public static byte[] Serialize(string apiVersion, string kind, IMessage value)
    {
        var writer = new ProtoWriter(4096);
        try
        {
            writer.String(4, "");
            writer.String(3, "");
            writer.Message(2, value);
            var before = writer.Length;
            writer.String(2, kind);
            writer.String(1, apiVersion);
            writer.Nest(1, before);
            writer.Raw(Magic);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <exception cref="ProtoFormatException">The bytes are not an enveloped <typeparamref name="T"/>.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> bytes)
        where T : IMessage<T>
    {
        var reader = new ProtoReader(Open(bytes).Raw);
        return T.ReadProto(ref reader);
    }

    /// <summary>Opens the envelope.</summary>
    /// <exception cref="ProtoFormatException">The bytes are not an envelope.</exception>
    public static ProtoEnvelope Open(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic))
            throw new ProtoFormatException("the body does not begin with the four bytes k8s\\0 of Kubernetes' protobuf");
        var reader = new ProtoReader(bytes[Magic.Length..]);
        string apiVersion = "", kind = "";
        ReadOnlySpan<byte> raw = [];
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    var type = reader.ReadMessage();
                    while (type.NextField())
                    {
                        if (type.Field == 1)
                            apiVersion = type.ReadString();
                        else if (type.Field == 2)
                            kind = type.ReadString();
                        else
                            type.Skip();
                    }

                    break;
                case 2:
                    raw = reader.ReadSpan();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new ProtoEnvelope(apiVersion, kind, raw);
    }

    /// <summary>An opened envelope. <see cref="Raw"/> points into the bytes that were opened.</summary>
    public readonly ref struct ProtoEnvelope(string apiVersion, string kind, ReadOnlySpan<byte> raw)
    {
        public string ApiVersion { get; } = apiVersion;

        public string Kind { get; } = kind;

        public ReadOnlySpan<byte> Raw { get; } = raw;
    }
}
