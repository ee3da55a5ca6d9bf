using System.Buffers.Binary;
using System.Text;

namespace Berth.Linux.Netlink;

/// <summary>The attributes of an answer, or those that an attribute holds. What does not fit its length is left out.</summary>
public sealed class NetlinkAttributes
{
    private const ushort TypeMask = 0x3fff;

    private readonly List<(ushort Type, byte[] Value)> _all = [];

    public NetlinkAttributes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            if (length < 4 || length > bytes.Length)
                return;
            _all.Add(((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) & TypeMask), bytes[4..length].ToArray()));
            bytes = bytes[Math.Min(bytes.Length, (length + 3) & ~3)..];
        }
    }

    public byte[]? Find(ushort type) => _all.Where(a => a.Type == type).Select(a => a.Value).FirstOrDefault();

    public ushort? UInt16(ushort type) => Find(type) is { Length: >= 2 } value ? BitConverter.ToUInt16(value) : null;

    public string? Text(ushort type) => Find(type) is { } value ? Encoding.UTF8.GetString(value).TrimEnd('\0') : null;

    /// <summary>What the attribute holds, each with attributes of its own.</summary>
    public IEnumerable<NetlinkAttributes> List(ushort type) =>
        _all.Where(a => a.Type == type).SelectMany(a => new NetlinkAttributes(a.Value)._all).Select(a => new NetlinkAttributes(a.Value));
}
