namespace Berth.Api.Proto;

/// <summary>Bytes that are not a protobuf message of the type asked for.</summary>
public sealed class ProtoFormatException(string message) : FormatException(message);
