namespace Berth.Network.Dns;

/// <summary>The twelve bytes before every message.</summary>
internal readonly record struct DnsHeader(ushort Id, ushort Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    public const int Bytes = 12;
    public const int Response = 0x8000;
    public const int AuthoritativeAnswer = 0x0400;
    public const int Truncation = 0x0200;
    public const int RecursionDesired = 0x0100;
    public const int RecursionAvailable = 0x0080;
    public const int AuthenticData = 0x0020;
    public const int CheckingDisabled = 0x0010;
}
