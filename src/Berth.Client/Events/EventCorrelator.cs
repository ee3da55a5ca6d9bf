using System.Security.Cryptography;
using System.Text;
using Berth.Api.Core.V1;

namespace Berth.Client.Events;

/// <summary>
/// Says under which series an event counts, and keeps storms small, with the numbers of client-go: the same event again only
/// counts up; more than ten events of one reason about one object that differ in nothing but their words become one; and an
/// object gets 25 events at once, then one every five minutes. Holds hashes and numbers, nothing of the events. Not thread-safe.
/// </summary>
public sealed class EventCorrelator
{
    private const int EntriesMax = 4096;
    private const int SimilarMax = 10;
    private const int BurstMax = 25;

    private static readonly TimeSpan s_similarFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_refill = TimeSpan.FromMinutes(5);

    private readonly Recent<Similar> _similar = new(EntriesMax);
    private readonly Recent<Bucket> _buckets = new(EntriesMax);

    /// <summary>Null when the event is one too many.</summary>
    public (UInt128 Series, string Message)? Place(ObjectReference about, string type, string reason, string message, DateTimeOffset now)
    {
        var subject = Hash(about.Kind, about.ApiVersion, about.Namespace, about.Name, about.Uid);
        if (!Take(subject, now))
            return null;
        var kind = Hash(about.Kind, about.ApiVersion, about.Namespace, about.Name, about.Uid, about.FieldPath, type, reason);
        var own = Hash(about.Kind, about.ApiVersion, about.Namespace, about.Name, about.Uid, about.FieldPath, type, reason, message);
        var similar = _similar.Find(kind) is { } known && now - known.Last <= s_similarFor ? known : new Similar([], now);
        _similar.Set(kind, similar with { Last = now });
        if (!similar.Messages.Contains(own))
        {
            if (similar.Messages.Count >= SimilarMax)
                return (kind, "(combined from similar events): " + message);
            similar.Messages.Add(own);
        }

        return (own, message);
    }

    private bool Take(UInt128 subject, DateTimeOffset now)
    {
        var bucket = _buckets.Find(subject) ?? new Bucket(BurstMax, now);
        var filled = Math.Min(BurstMax, bucket.Tokens + ((now - bucket.At) / s_refill));
        _buckets.Set(subject, new Bucket(filled >= 1 ? filled - 1 : filled, now));
        return filled >= 1;
    }

    private static UInt128 Hash(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        Span<byte> result = stackalloc byte[32];
        hash.GetHashAndReset(result);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(result);
    }

    /// <param name="Messages">Hashes of the first few.</param>
    private sealed record Similar(HashSet<UInt128> Messages, DateTimeOffset Last);

    private sealed record Bucket(double Tokens, DateTimeOffset At);
}
