using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Api.Json;

namespace Berth.Api;

/// <summary>API values to and from JSON bytes.</summary>
public static class ApiJson
{
    /// <summary>No indentation; characters are escaped only where JSON asks for it.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Serialize(IMessage value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Serialize(IMessage value, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        value.WriteJson(writer);
    }

    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="JsonFormatException">The JSON is not a <typeparamref name="T"/>.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> json, DecodeReport? report = null)
        where T : IMessage<T>
    {
        var input = new JsonInput(json, report);
        input.Start();
        var value = T.ReadJson(ref input);
        input.End();
        return value;
    }
}
